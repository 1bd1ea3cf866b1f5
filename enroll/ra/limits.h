// How much anybody may ask for (A22, B18; design section 6: rate counters live in memory alone). Challenge mail is
// counted by the rows of the store, so that a restart gives nobody a second helping; docs/decisions/limits.md.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/ip_network.h"
#include "core/rate_meter.h"
#include "enroll/ra/ports.h"

namespace mailca::ra {

// A multiple of all rates for one account, one mail domain, or the clients of one network.
struct LimitOverride {
    std::variant<std::string, AccountId, IpNetwork> of;  // the string: a domain as EmailAddress has it
    int times = 1;
};

struct LimitPolicy {
    int accountsPerPeer = 100;  // all an hour; a peer is an IPv4 address or the /64 of an IPv6 address
    int ordersPerPeer = 1000;
    int ordersPerAccount = 1000;
    int ordersPerDomain = 5000;
    // Challenge mail to one mailbox: of an account that proved it before; of one peer's accounts that did not; of all
    // those together, over which mails wait.
    int mailsPerMailbox = 10;
    int strangersMailsPerPeer = 5;
    int strangersMails = 20;
    seconds longestMailWait{1h};
    // Of an account for a mailbox that does not answer or take its mail; each pause is twice as long as the one before.
    seconds firstPause{1h}, longestPause{24h * 7};
    std::vector<LimitOverride> overrides{};
};

// Not now: why, and when it may be tried again.
struct Wait {
    std::string reason;
    seconds time{0};
};

// Thread-safe. `peer`: an IP address as web::Request has it.
class Limits {
 public:
    Limits(const LimitPolicy& policy, OrderBook& orders, const Clock& clock);

    std::optional<Wait> newAccount(const std::string& peer);
    // Counts an order unless it has to wait. `mail`: it will need a challenge mail.
    Result<std::optional<Wait>> newOrder(const AccountId& account, const EmailAddress& mailbox, const std::string& peer,
                                         bool mail);
    StrangerBudget strangers() const;

 private:
    struct Toll {
        RateMeter* meter;
        std::string key;
        Rate rate;
        const char* reason;
    };
    struct Asker {
        std::optional<AccountId> account{};
        std::string domain{};
        std::string peer;
    };
    int timesOf(const Asker& asker) const;
    std::optional<Wait> take(const std::vector<Toll>& tolls);
    std::optional<Wait> mailWait(const MailCounts& counts, int times) const;
    const LimitPolicy m_policy;
    OrderBook& m_orders;
    const Clock& m_clock;
    std::mutex m_mutex;  // guards what follows
    RateMeter m_accountsOfPeer, m_ordersOfPeer, m_ordersOfAccount, m_ordersOfDomain, m_strangersOfPeer;
};

}  // namespace mailca::ra
