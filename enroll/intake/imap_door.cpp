#include "enroll/intake/imap_door.h"

#include "core/log.h"

namespace mailca::intake {
namespace {

constexpr std::chrono::milliseconds kIdle{1000};
constexpr std::chrono::milliseconds kAfterTrouble{15'000};
constexpr seconds kLookAnyway{5min};  // a connection may be dead without a word
constexpr seconds kOldest{24h};       // what answers no challenge any more (A17) is not fetched
constexpr const char* kPlace = "imap-place";

// How far the mailbox was fetched: "VALIDITY ID".
struct Place {
    std::string validity, id;
};

Place placeOf(const std::string& note) {
    const std::size_t blank = note.find(' ');
    if (blank == std::string::npos) return {};
    return {note.substr(0, blank), note.substr(blank + 1)};
}

}  // namespace

ImapDoor::ImapDoor(std::shared_ptr<const mail::ServerOptions> server, const mail::Maildir& maildir, const Clock& clock,
                   Random& random)
    : m_inbox(server, &m_interrupt),
      m_watch(std::move(server), m_interrupt),
      m_maildir(maildir),
      m_clock(clock),
      m_random(random) {}

Result<void> ImapDoor::turn() {
    const auto news = m_watch.wait(kIdle);
    const bool look = news && (*news || m_clock.now() - m_looked > kLookAnyway);
    const Result<void> done = !news ? Result<void>(news.error()) : look ? fetchNew() : Result<void>();
    if (!done) m_interrupt.awaits(-1, 0, kAfterTrouble);
    return done;
}

void ImapDoor::stop() {
    m_interrupt.set();
}

Result<void> ImapDoor::fetchNew() {
    const Time now = m_clock.now();
    TRY(const std::string note, m_maildir.note(kPlace));
    TRY(const std::string validity, m_inbox.validity());
    Place place = placeOf(note);
    if (place.validity != validity) place = {validity, ""};
    TRY(const auto ids, m_inbox.behind(place.id, now - kOldest));
    for (const std::string& id : ids) {
        TRY_VOID(fetch(id));
        TRY_VOID(m_maildir.keepNote(kPlace, validity + " " + id));
    }
    m_looked = now;
    return {};
}

Result<void> ImapDoor::fetch(const std::string& id) {
    const auto raw = m_inbox.read(id);
    if (!raw && (raw.error().kind == ErrorKind::Parse || raw.error().kind == ErrorKind::NotFound)) {
        log::info("imap.left", {{"uid", id}, {"why", raw.error().detail}});  // larger than any reply, or taken away
        return {};
    }
    TRY_VOID(raw);
    TRY(const std::string name, m_maildir.deliver(*raw, m_random));
    log::info("imap.fetched", {{"uid", id}, {"file", name}});
    return {};
}

}  // namespace mailca::intake
