#include "enroll/outbox/outbox.h"

#include <algorithm>

#include "core/log.h"
#include "enroll/outbox/challenge_mail.h"
#include "enroll/outbox/retry.h"
#include "enroll/ra/envelope_sender.h"
#include "enroll/va/email_reply.h"

namespace mailca::outbox {
namespace {

constexpr int kBatch = 16;
constexpr std::chrono::milliseconds kIdle{1000};
std::string_view withoutBrackets(const mail::MessageId& id) {
    return std::string_view(id.text()).substr(1, id.text().size() - 2);
}

using Outcome = decltype(ra::MailOutcome::outcome);

Outcome deferred(const ra::DueMail& due, const std::string& why, Time now) {
    return ra::MailDeferred{now + retryAfter(due.attempts), why};
}

// Connection counts against the mailbox (store/mail_budget.h); where no server said no, the mail is one that ours
// cannot carry.
ErrorKind refusalKind(const mail::SendReport& report) {
    return report.code != 0 ? ErrorKind::Connection : ErrorKind::RejectedIdentifier;
}

Outcome outcomeOf(const mail::SendReport& report, const ra::DueMail& due, Time now) {
    switch (report.outcome) {
        case mail::SendOutcome::Accepted:
            return ra::MailDelivered{};
        case mail::SendOutcome::Permanent:
            return ra::MailRefused{fail(refusalKind(report), "the challenge mail cannot be delivered: " + report.text)};
        case mail::SendOutcome::Temporary:
        case mail::SendOutcome::Misconfigured:
            break;  // ours to mend: the mailbox is not to blame
    }
    log::warning("challenge.deferred", {{"challenge", due.challenge.text()}, {"reason", report.text}});
    return deferred(due, report.text, now);
}

}  // namespace

Outbox::Outbox(ra::MailBook& book, mail::Transport& transport, const mail::DkimSigner& signer, const Clock& clock,
               Random& random)
    : m_book(book), m_transport(transport), m_signer(signer), m_clock(clock), m_random(random) {}

void Outbox::wake() {
    {
        const std::lock_guard lock(m_mutex);
        m_woken = true;
    }
    m_changed.notify_one();  // whoever is awake looks again before it waits
}

void Outbox::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
    }
    m_changed.notify_all();
}

Result<void> Outbox::recover() {
    TRY(const int reclaimed, m_book.reclaim(m_clock.now()));
    if (reclaimed > 0) log::info("challenges.reclaimed", {{"mails", std::to_string(reclaimed)}});
    return {};
}

// One look a turn: a mail that could not be recorded is still due, and is for the next turn, after a pause. One mail's
// trouble holds no other mail; the last trouble is told.
Result<void> Outbox::turn() {
    TRY(const auto next, look());
    bool worked = false;
    Result<void> outcome;
    while (const auto mail = claim()) {
        struct Settle {
            Outbox& outbox;
            const ra::DueMail& mail;
            ~Settle() { outbox.letGo(mail); }
        } const settle{*this, *mail};
        worked = true;
        if (auto sent = send(*mail); !sent) outcome = std::move(sent);
    }
    if (!worked) await(next);
    return outcome;
}

// Unless there are found mails, finds due ones that no worker has in hand; tells when the next one falls due.
Result<std::optional<Time>> Outbox::look() {
    const std::lock_guard claims(m_claims);
    std::optional<Time> next;
    if (!m_found.empty()) return next;
    {
        const std::lock_guard lock(m_mutex);
        m_woken = false;  // before looking: a release after the look wakes the wait that follows
    }
    const Time now = m_clock.now();
    TRY(auto waiting, m_book.waiting(now, kBatch + static_cast<int>(m_inHand.size())));
    for (ra::DueMail& mail : waiting) {
        if (mail.dueAt > now) {
            next = mail.dueAt;
            break;
        }
        if (m_inHand.insert(mail.challenge).second) m_found.push_back(std::move(mail));
    }
    return next;
}

std::optional<ra::DueMail> Outbox::claim() {
    const std::lock_guard claims(m_claims);
    if (m_found.empty()) return std::nullopt;
    ra::DueMail mail = std::move(m_found.front());
    m_found.pop_front();
    if (!m_found.empty()) wake();  // a second worker for the rest
    return mail;
}

void Outbox::letGo(const ra::DueMail& mail) {
    const std::lock_guard claims(m_claims);
    m_inHand.erase(mail.challenge);
}

Result<void> Outbox::send(const ra::DueMail& due) {
    const Time now = m_clock.now();
    const auto id = mail::MessageId::random(m_random, due.from);
    const TokenPart1 token = TokenPart1::draw(m_random);
    const Bytes part1Sha256 = token.sha256();
    TRY(const EmailAddress sender, ra::envelopeSender(due.from, part1Sha256, m_random));
    auto mail = composeChallenge(due, token, id, now);
    if (!mail) return m_book.recordOutcome({due.challenge, now, ra::MailRefused{mail.error()}});

    const auto recorded =
        m_book.recordSend({due.challenge, part1Sha256, va::expectedDigest(token.text(), due.tokenPart2, due.thumbprint),
                           std::string(withoutBrackets(id)), sender.text(), now});
    if (!recorded && recorded.error().kind == ErrorKind::Conflict) return {};  // the challenge has ended meanwhile
    TRY_VOID(recorded);

    auto signedMail = m_signer.sign(*mail, now);
    wipe(*mail);
    if (!signedMail) {
        log::error("challenge.unsigned", {{"challenge", due.challenge.text()}, {"reason", signedMail.error().text()}});
        return m_book.recordOutcome(
            {due.challenge, now, deferred(due, "it could not be signed: " + signedMail.error().text(), now)});
    }
    const mail::SendReport report = m_transport.send(sender, due.identifier.mailbox, *signedMail);
    wipe(*signedMail);
    const Time after = m_clock.now();
    const auto kept = m_book.recordOutcome({due.challenge, after, outcomeOf(report, due, after)});
    if (!kept && kept.error().kind == ErrorKind::Conflict)
        return {};  // the reply was quicker, or the challenge has ended
    return kept;
}

void Outbox::await(const std::optional<Time>& next) {
    std::chrono::milliseconds atMost = kIdle;
    if (next)
        atMost = std::clamp<std::chrono::milliseconds>(*next - m_clock.now(), std::chrono::milliseconds{0}, kIdle);
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, atMost, [this] { return m_woken || m_stopped; });
}

}  // namespace mailca::outbox
