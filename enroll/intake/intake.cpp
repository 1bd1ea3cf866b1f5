#include "enroll/intake/intake.h"

#include <algorithm>

#include "core/crypto/hash.h"
#include "core/log.h"
#include "enroll/intake/evidence.h"
#include "enroll/va/bounce.h"

namespace mailca::intake {
namespace {

constexpr std::chrono::milliseconds kIdle{1000};
constexpr seconds kFirstPause{5};
constexpr seconds kLongestPause{300};
constexpr seconds kPatience{1h};   // A20: bounded
constexpr seconds kForgotten{2h};  // a postponed mail that somebody took away

seconds pauseAfter(int tries) {
    return std::min<seconds>(kFirstPause * (1LL << std::clamp(tries, 0, 8)), kLongestPause);
}

va::Expected expectedOf(const ra::AwaitedReply& awaited, std::string_view tokenPart1) {
    va::Expected expected{
        awaited.identifier.mailbox, awaited.from, awaited.messageId, awaited.digest, awaited.expires, awaited.open};
    if (!awaited.newThumbprint.empty()) {  // A13
        expected.otherDigest = va::expectedDigest(tokenPart1, awaited.tokenPart2, awaited.newThumbprint);
    }
    return expected;
}

struct Judged {
    std::string reason;
    decltype(ra::JudgedReply::verdict) verdict;
};

Judged verdictOf(const va::Judgement& judgement, const std::optional<ra::AwaitedReply>& awaited) {
    std::optional<ChallengeId> challenge;
    if (awaited) challenge = awaited->challenge;
    if (const auto* proven = std::get_if<va::Proven>(&judgement); proven != nullptr && challenge) {
        const bool strict = proven->method == va::DkimMode::Strict;
        const auto method = strict ? ra::ValidationMethod::Strict : ra::ValidationMethod::Compatible;
        return {"the reply proves control of the mailbox", ra::Proves{*challenge, method}};
    }
    if (const auto* wrong = std::get_if<va::WrongAnswer>(&judgement); wrong != nullptr && challenge) {
        return {wrong->reason, ra::WrongDigest{*challenge}};
    }
    if (const auto* later = std::get_if<va::TryLater>(&judgement); later != nullptr && challenge) {
        const std::string reason = "DNS did not let the reply's signature be checked for an hour: " + later->reason;
        return {reason, ra::Unverifiable{*challenge, fail(ErrorKind::Dns, reason + "; order again")}};
    }
    const auto* rejected = std::get_if<va::Rejected>(&judgement);
    return {rejected != nullptr ? rejected->reason : "no challenge to prove", ra::ProvesNothing{challenge}};
}

}  // namespace

Intake::Intake(const mail::Maildir& maildir, const mail::DkimVerifier& verifier, ra::ReplyBook& book, va::DkimMode mode,
               const Clock& clock)
    : m_maildir(maildir),
      m_verifier(verifier),
      m_book(book),
      m_mode(mode),
      m_clock(clock),
      m_watch(maildir.root() / "new") {}

void Intake::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
    }
    m_changed.notify_all();
    m_watch.interrupt();
}

// One look a turn: what could not be settled is for the next turn, after a pause. One mail's trouble holds no other
// mail; the last trouble is told.
Result<void> Intake::turn() {
    TRY(const bool listed, look());
    bool worked = !listed;  // others' finds may be gone by now, and new mail be there: look again before waiting
    Result<void> outcome;
    while (const auto name = claim()) {
        struct Settle {
            Intake& intake;
            const std::string& name;
            ~Settle() { intake.release(name); }
        } const settle{*this, *name};
        worked = true;
        const auto before = std::chrono::steady_clock::now();
        if (auto processed = process(*name); !processed) outcome = std::move(processed);
        if (m_took) m_took(std::chrono::steady_clock::now() - before);
    }
    if (!worked) await();
    return outcome;
}

// Unless there are found mails (false), finds those that no worker has in hand. Under the lock, so that no look is
// older than what it is compared with: a mail that is let go has left new/ or is for a later turn.
Result<bool> Intake::look() {
    const std::lock_guard lock(m_mutex);
    if (!m_found.empty()) return false;
    const Time now = m_clock.now();
    std::erase_if(m_postponed, [now](const auto& entry) { return entry.second.firstTry + kForgotten < now; });
    TRY(auto names, m_maildir.list());
    for (std::string& name : names) {
        if (!isPostponed(name, now) && m_inHand.insert(name).second) m_found.push_back(std::move(name));
    }
    return true;
}

bool Intake::isPostponed(const std::string& name, Time now) const {
    const auto postponed = m_postponed.find(name);
    return postponed != m_postponed.end() && postponed->second.nextTry > now;
}

std::optional<std::string> Intake::claim() {
    const std::lock_guard lock(m_mutex);
    if (m_found.empty()) return std::nullopt;
    std::string name = std::move(m_found.front());
    m_found.pop_front();
    if (!m_found.empty()) m_changed.notify_one();  // a second worker for the rest
    return name;
}

void Intake::release(const std::string& name) {
    const std::lock_guard lock(m_mutex);
    m_inHand.erase(name);
}

void Intake::await() {
    std::unique_lock lock(m_mutex);
    if (m_watched) {
        m_changed.wait_for(lock, kIdle, [this] { return m_stopped || !m_watched || !m_found.empty(); });
        return;
    }
    m_watched = true;
    lock.unlock();
    m_watch.wait(kIdle);
    lock.lock();
    m_watched = false;
    m_changed.notify_one();  // the next to watch, while this one works
}

Intake::Patience Intake::postpone(const std::string& name) {
    const Time now = m_clock.now();
    const std::lock_guard lock(m_mutex);
    Postponed& postponed = m_postponed.try_emplace(name, Postponed{now, now, 0}).first->second;
    postponed.nextTry = now + pauseAfter(postponed.tries++);
    return now - postponed.firstTry < kPatience ? Patience::Wait : Patience::Exhausted;
}

Result<void> Intake::process(const std::string& name) {
    const auto raw = m_maildir.readNew(name);
    if (raw) return judge(name, *raw);
    if (raw.error().kind == ErrorKind::NotFound) return {};  // another worker has judged it since it was listed
    const bool tooLarge = raw.error().kind == ErrorKind::Parse;
    if (!tooLarge && postpone(name) == Patience::Wait) {
        log::warning("reply.unreadable", {{"file", name}, {"reason", raw.error().text()}});
        return {};
    }
    // Its bytes were not read: the name stands for them.
    return settle({name, crypto::sha256(asBytes(name)), m_clock.now(), raw.error().detail, evidenceOf({}, {}),
                   ra::ProvesNothing{}});
}

Result<void> Intake::judge(const std::string& name, std::string_view raw) {
    const Time now = m_clock.now();
    ra::JudgedReply reply{name, crypto::sha256(asBytes(raw)), now, {}, evidenceOf({}, {}), ra::ProvesNothing{}};
    const auto message = mail::Message::parse(raw);
    if (!message) {
        reply.reason = "not a mail that can be read: " + message.error().detail;
        return settle(reply);
    }
    if (const auto why = va::failureReported(*message)) return judgeReport(*message, *why, std::move(reply));
    const auto token = va::tokenOfSubject(message->subject());
    if (!token) {
        reply.reason = "its subject holds no ACME token";
        return settle(reply);
    }
    TRY(const auto awaited, m_book.findByPart1(crypto::sha256(asBytes(*token))));
    std::optional<va::Expected> expected;
    std::vector<mail::DkimResult> dkim;
    if (awaited) {
        expected = expectedOf(*awaited, *token);
        // DNS is asked last, and of the mailbox's own domain only: anybody can send mails that name slow ones.
        if (awaited->open && !va::refuseUnread(*message, *expected, now)) {
            dkim = m_verifier.verify(*message, expected->mailbox.domain());
        }
    }
    const va::Judgement judgement = va::judgeReply(*message, dkim, expected, m_mode, now);
    if (std::holds_alternative<va::TryLater>(judgement) && postpone(name) == Patience::Wait) return {};
    Judged judged = verdictOf(judgement, awaited);
    reply.reason = std::move(judged.reason);
    reply.verdict = std::move(judged.verdict);
    reply.evidence = evidenceOf(dkim, expected ? std::optional(va::inReplyToOf(*message, *expected)) : std::nullopt);
    return settle(reply);
}

// A32: a report that came to the address which one mail left from ends that mail's challenge. To any other it says
// nothing.
Result<void> Intake::judgeReport(const mail::Message& message, const std::string& why, ra::JudgedReply reply) {
    reply.reason = "it reports that a mail came back, but came to no address that one left from";
    for (const EmailAddress& address : va::reportedTo(message)) {
        TRY(const auto challenge, m_book.findByEnvelopeSender(address));
        if (!challenge) continue;
        reply.reason = "the challenge mail came back (" + why + ")";
        reply.verdict = ra::Undeliverable{*challenge, fail(ErrorKind::Connection, reply.reason)};
        break;
    }
    return settle(reply);
}

// Recorded, durable, before it leaves new/.
Result<void> Intake::settle(const ra::JudgedReply& reply) {
    TRY_VOID(m_book.record(reply));
    log::info("reply.judged", {{"file", reply.source}, {"reason", reply.reason}});
    const auto moved = m_maildir.takeFromNew(reply.source);
    if (!moved && moved.error().kind != ErrorKind::NotFound) return moved.error();
    const std::lock_guard lock(m_mutex);
    m_postponed.erase(reply.source);
    return {};
}

}  // namespace mailca::intake
