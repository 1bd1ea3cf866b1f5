#include "enroll/outbox/notices.h"

#include "core/log.h"
#include "enroll/outbox/notice_mail.h"
#include "enroll/outbox/retry.h"

namespace mailca::outbox {
namespace {

constexpr int kMailsATurn = 16;  // recorded as sent in one transaction
constexpr int kPublishedATurn = 500;
constexpr std::chrono::milliseconds kIdle{1000};
constexpr seconds kLongestTry{24h * 3};  // what is held must not be held for ever

}  // namespace

Notices::Notices(ra::NoticeBook& book, mail::Transport& transport, const mail::DkimSigner& signer, EmailAddress from,
                 const Clock& clock, Random& random)
    : m_book(book),
      m_transport(transport),
      m_signer(signer),
      m_from(std::move(from)),
      m_clock(clock),
      m_random(random) {}

Result<void> Notices::turn() {
    TRY(const int published, m_book.publishHeld(m_clock.now(), kPublishedATurn));
    if (published > 0) log::info("exchange.released", {{"certificates", std::to_string(published)}});
    TRY(const auto due, m_book.due(m_clock.now(), kMailsATurn));
    std::vector<ra::NoticeOutcome> outcomes;
    for (const ra::DueNotice& one : due) {
        if (isStopped()) break;  // a server that is silent would hold the end for each of them
        outcomes.push_back(send(one));
    }
    if (!outcomes.empty()) return m_book.settle(outcomes);
    if (published == 0) await();
    return {};
}

ra::NoticeOutcome Notices::send(const ra::DueNotice& due) {
    const Time now = m_clock.now();
    const auto after = [&](auto outcome) {
        return ra::NoticeOutcome{due.mailbox, due.kind, due.last, m_clock.now(), outcome};
    };
    if (due.certificates.empty()) return after(ra::NoticeSent{});  // there is nothing to be reminded of any more
    const auto later = [&](const std::string& why) {
        const bool inVain = now - due.since > kLongestTry;
        log::warning(inVain ? "notice.given_up" : "notice.deferred", {{"why", why}});
        return inVain ? after(ra::NoticeGivenUp{}) : after(ra::NoticeDeferred{now + retryAfter(due.attempts)});
    };
    const auto mail = composeNotice(due, m_from, mail::MessageId::random(m_random, m_from), now);
    if (!mail) return later(mail.error().text());
    const auto signedMail = m_signer.sign(*mail, now);
    if (!signedMail) return later(signedMail.error().text());
    const mail::SendReport report = m_transport.send(m_from, due.mailbox, *signedMail);
    switch (report.outcome) {
        case mail::SendOutcome::Accepted:
            return after(ra::NoticeSent{});
        case mail::SendOutcome::Permanent:
            log::warning("notice.refused", {{"why", report.text}});
            return after(ra::NoticeGivenUp{});
        case mail::SendOutcome::Temporary:
        case mail::SendOutcome::Misconfigured:
            break;
    }
    return later(report.text);
}

void Notices::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
    }
    m_changed.notify_all();
}

bool Notices::isStopped() {
    const std::lock_guard lock(m_mutex);
    return m_stopped;
}

void Notices::await() {
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, kIdle, [this] { return m_stopped; });
}

}  // namespace mailca::outbox
