#include "enroll/ra/limits.h"

#include <algorithm>

#include "core/text.h"

namespace mailca::ra {
namespace {

constexpr seconds kHour{1h};
constexpr int kPatience = 10;  // challenge mails in a row that nobody answered, before an account is paused

Rate hourly(int count) {
    return {count, kHour};
}

std::string clientOf(const std::string& peer) {
    const auto network = IpNetwork::ofClient(peer);
    return network ? network->text() : peer;
}

// Most providers deliver all of these to one person: "Alice@...", "alice+x@...". Certificates are never issued by this.
std::string anySpelling(const EmailAddress& mailbox) {
    const std::string& local = mailbox.local();
    return toAsciiLower(local.substr(0, local.find('+', 1))) + "@" + mailbox.domain();
}

// A client that asks for ever for a mailbox that never answers (its owner is gone, its mail program broken) is paused
// for an hour, then for two, up to a week, unless configured; it goes on at once when the mailbox is proved.
seconds pauseOf(const LimitPolicy& policy, int unanswered, int patience) {
    if (unanswered < patience) return seconds{0};
    return std::min<seconds>(policy.firstPause * (1LL << std::min(unanswered - patience, 10)), policy.longestPause);
}

std::optional<Wait> waitUntil(Time then, Time now, std::string reason) {
    if (then <= now) return std::nullopt;
    return Wait{std::move(reason), then - now};
}

}  // namespace

Limits::Limits(const LimitPolicy& policy, OrderBook& orders, const Clock& clock)
    : m_policy(policy), m_orders(orders), m_clock(clock) {}

int Limits::timesOf(const Asker& asker) const {
    const auto client = IpNetwork::ofClient(asker.peer);
    int times = 1;
    for (const LimitOverride& one : m_policy.overrides) {
        const auto* account = std::get_if<AccountId>(&one.of);
        const auto* domain = std::get_if<std::string>(&one.of);
        const auto* network = std::get_if<IpNetwork>(&one.of);
        const bool meant = (account != nullptr && asker.account == *account) ||
                           (domain != nullptr && asker.domain == *domain) ||
                           (network != nullptr && client && network->contains(*client));
        if (meant) times = std::max(times, one.times);
    }
    return times;
}

// All or none: what has to wait for one of them is counted by none.
std::optional<Wait> Limits::take(const std::vector<Toll>& tolls) {
    const Time now = m_clock.now();
    const std::lock_guard lock(m_mutex);
    std::optional<Wait> longest;
    for (const Toll& toll : tolls) {
        const seconds wait = toll.meter->wait(toll.key, toll.rate, now);
        if (wait > seconds{0} && (!longest || longest->time < wait)) longest = Wait{toll.reason, wait};
    }
    if (longest) return longest;
    for (const Toll& toll : tolls) toll.meter->count(toll.key, toll.rate, now);
    return std::nullopt;
}

std::optional<Wait> Limits::newAccount(const std::string& peer) {
    const int times = timesOf({.peer = peer});
    return take({{&m_accountsOfPeer, clientOf(peer), hourly(m_policy.accountsPerPeer).times(times),
                  "too many new accounts from this network address within an hour: use one account for many orders"}});
}

std::optional<Wait> Limits::mailWait(const MailCounts& counts, int times) const {
    const Time now = m_clock.now();
    const int most = m_policy.mailsPerMailbox * times;
    const seconds pause = pauseOf(m_policy, counts.unanswered, std::max(kPatience, most));
    if (auto wait =
            waitUntil(counts.lastOrder + pause, now,
                      "none of the last " + std::to_string(counts.unanswered) +
                          " challenge mails to this mailbox was answered: this account is paused for it, longer "
                          "each time; it goes on once a challenge of the mailbox is proved")) {
        return wait;
    }
    // A32: a mailbox that refuses our mail is left alone, longer each time. Who proves it goes on at once.
    if (auto wait =
            waitUntil(counts.lastUndeliverable + pauseOf(m_policy, counts.undeliverable, 1), now,
                      "the last challenge mail to this mailbox was refused or came back: this account is paused "
                      "for it, longer each time; find out whether the mailbox takes mail")) {
        return wait;
    }
    if (counts.mailboxAndAccount >= most) {
        return waitUntil(counts.oldest + kHour, now, "too many orders for this mailbox within an hour");
    }
    if (counts.validatedBefore) return std::nullopt;
    return waitUntil(
        counts.strangersNext - m_policy.longestMailWait, now,
        "many accounts that never proved this mailbox ask for it, and the mails that wait for it would take "
        "longer than an hour");
}

Result<std::optional<Wait>> Limits::newOrder(const AccountId& account, const EmailAddress& mailbox,
                                             const std::string& peer, bool mail) {
    const int times = timesOf({account, mailbox.domain(), peer});
    const std::string client = clientOf(peer);
    std::vector<Toll> tolls{{&m_ordersOfAccount, account.text(), hourly(m_policy.ordersPerAccount).times(times),
                             "too many orders by this account within an hour"},
                            {&m_ordersOfPeer, client, hourly(m_policy.ordersPerPeer).times(times),
                             "too many orders from this network address within an hour"}};
    if (mail) {
        TRY(const MailCounts counts, m_orders.recentMails({mailbox, account, m_clock.now(), strangers()}));
        if (auto wait = mailWait(counts, times)) return wait;
        if (!counts.validatedBefore) {  // nobody else's orders are in the way of who proved the mailbox
            tolls.push_back({&m_ordersOfDomain, mailbox.domain(), hourly(m_policy.ordersPerDomain).times(times),
                             "too many orders for mailboxes of this domain within an hour"});
            tolls.push_back({&m_strangersOfPeer, client + " " + anySpelling(mailbox),
                             hourly(m_policy.strangersMailsPerPeer).times(times),
                             "too many orders from this network address for a mailbox that it never proved"});
        }
    }
    return take(tolls);
}

StrangerBudget Limits::strangers() const {
    return {m_policy.strangersMails, kHour, m_policy.longestMailWait};
}

}  // namespace mailca::ra
