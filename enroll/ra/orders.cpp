#include <algorithm>

#include "enroll/ra/decide.h"
#include "enroll/ra/service.h"

namespace mailca::ra {
namespace {

constexpr std::size_t kTokenBytes = 24;  // A5
constexpr seconds kLongestToken{24h};    // A17
constexpr seconds kBudgetWindow{1h};
constexpr int kStrangers = 10;  // together, times what one account may send to a mailbox

// A1-A3, A54.
Result<Identifier> parseIdentifier(const Orders::IdentifierSent& sent, const Policy& policy) {
    const bool dnsTyped = sent.type == "dns" && policy.dnsTypedMailbox && sent.value.find('@') != std::string::npos;
    if (sent.type != "email" && !dnsTyped) {
        return fail(ErrorKind::UnsupportedIdentifier,
                    "this CA issues for mailboxes only: order an identifier of type email");
    }
    auto mailbox = EmailAddress::parse(sent.value);
    if (!mailbox) return fail(ErrorKind::RejectedIdentifier, mailbox.error().detail);
    return Identifier{dnsTyped ? IdentifierType::Dns : IdentifierType::Email, sent.value, *std::move(mailbox)};
}

Result<Identifier> parseIdentifiers(const std::vector<Orders::IdentifierSent>& sent, const Policy& policy) {
    if (sent.empty()) return fail(ErrorKind::Malformed, "the order names no identifier");
    if (sent.size() > 1) return fail(ErrorKind::RejectedIdentifier, "order one mailbox at a time");
    TRY(Identifier identifier, parseIdentifier(sent.front(), policy));
    if (identifier.mailbox.domain() == policy.challengeFrom.domain()) {  // A22
        return fail(ErrorKind::RejectedIdentifier,
                    "this CA issues no certificates for " + policy.challengeFrom.domain() + ", its own mail domain");
    }
    return identifier;
}

Result<void> checkOwner(const Account& account, const AccountId& owner) {
    if (account.id == owner) return {};
    return fail(ErrorKind::Unauthorized, "this belongs to another account");
}

struct Named {
    std::string name;
    std::vector<std::string> members;
};

Result<Named> expandProfile(const ca::Profiles& profiles, const std::optional<std::string>& asked) {
    const std::string name = asked.value_or(profiles.defaultName());  // C10
    std::vector<std::string> members = profiles.expand(name);
    if (members.empty()) {  // C9
        return fail(ErrorKind::InvalidProfile,
                    "there is no profile of that name; the directory lists them in meta.profiles");
    }
    return Named{name, std::move(members)};
}

}  // namespace

Orders::Orders(OrderBook& orders, AccountBook& accounts, const ca::Profiles& profiles, const Policy& policy,
               const Clock& clock, Random& random)
    : m_orders(orders),
      m_accounts(accounts),
      m_profiles(profiles),
      m_policy(policy),
      m_clock(clock),
      m_random(random) {}

// A22: nobody can flood a mailbox, and an account that validated it before has a budget of its own, which no strangers
// can use up.
Result<void> Orders::checkBudget(const Account& account, const EmailAddress& mailbox) {
    TRY(const MailCounts sent, m_orders.recentMails({mailbox, account.id, m_clock.now() - kBudgetWindow}));
    const bool sharedSpent = !sent.validatedBefore && sent.mailbox >= m_policy.mailsPerMailboxPerHour * kStrangers;
    if (sharedSpent || sent.mailboxAndAccount >= m_policy.mailsPerMailboxPerHour) {
        return fail(ErrorKind::RateLimited, "too many orders for this mailbox within an hour; try again later");
    }
    if (sent.account >= m_policy.mailsPerAccountPerHour) {
        return fail(ErrorKind::RateLimited, "too many orders by this account within an hour; try again later");
    }
    return {};
}

// docs/issuance-cycle.md, step 1.
Result<OrderView> Orders::create(const Account& account, const std::vector<IdentifierSent>& identifiers,
                                 const std::optional<std::string>& profile) {
    TRY(const Identifier identifier, parseIdentifiers(identifiers, m_policy));
    TRY(const Named named, expandProfile(m_profiles, profile));
    TRY_VOID(checkBudget(account, identifier.mailbox));
    return decide([&]() -> Result<OrderView> {
        const Time now = m_clock.now();
        const Time expires = now + std::min(m_policy.authorizationLifetime, kLongestToken);
        Challenge challenge{.id = ChallengeId::random(m_random),
                            .tokenPart2 = m_random.token(kTokenBytes),
                            .from = m_policy.challengeFrom,
                            .thumbprint = account.thumbprint};
        Authorization authorization{.id = AuthorizationId::random(m_random),
                                    .account = account.id,
                                    .identifier = identifier,
                                    .createdAt = now,
                                    .expires = expires,
                                    .deactivatedAt = std::nullopt,
                                    .challenge = std::move(challenge)};
        Order order{.id = OrderId::random(m_random),
                    .account = account.id,
                    .authorization = authorization.id,
                    .identifier = identifier,
                    .profile = named.name,
                    .createdAt = now,
                    .expires = expires,
                    .items = {},
                    .state = Open{}};
        for (const std::string& member : named.members) order.items.push_back({member, {}});
        TRY_VOID(m_orders.create({order, authorization}));
        return OrderView{std::move(order), std::move(authorization)};
    });
}

Result<OrderView> Orders::find(const Account& account, const OrderId& id) {
    TRY(OrderView view, m_orders.find(id));
    TRY_VOID(checkOwner(account, view.order.account));
    return view;
}

Result<void> Orders::releaseMail(const Authorization& authorization) {
    const Time now = m_clock.now();
    const bool dns = authorization.identifier.type == IdentifierType::Dns;
    const seconds delay = dns ? m_policy.dnsMailDelay : m_policy.emailMailDelay;
    return m_orders.releaseMail({authorization.challenge.id, now, now + delay});
}

Result<Authorization> Orders::fetchAuthorization(const Account& account, const AuthorizationId& id) {
    TRY(Authorization authorization, m_orders.findAuthorization(id));
    TRY_VOID(checkOwner(account, authorization.account));
    const bool waits = authorization.status(m_clock.now()) == AuthorizationStatus::Pending;
    if (!waits || authorization.challenge.mailReleasedAt) return authorization;
    TRY_VOID(releaseMail(authorization));
    return authorization;  // when its mail was released is nothing that a client is shown
}

Result<Authorization> Orders::ownChallenge(const Account& account, const ChallengeId& id) {
    TRY(Authorization authorization, m_orders.findByChallenge(id));
    TRY_VOID(checkOwner(account, authorization.account));
    return authorization;
}

Result<Authorization> Orders::findChallenge(const Account& account, const ChallengeId& id) {
    return ownChallenge(account, id);
}

Result<Authorization> Orders::postChallenge(const Account& account, const ChallengeId& id) {
    return decide([&]() -> Result<Authorization> {
        TRY(Authorization authorization, ownChallenge(account, id));
        const bool waits = authorization.status(m_clock.now()) == AuthorizationStatus::Pending;
        if (!waits || authorization.challenge.postedAt) return authorization;  // B38
        if (!authorization.challenge.mailReleasedAt) TRY_VOID(releaseMail(authorization));
        const Time now = m_clock.now();
        TRY_VOID(m_orders.postChallenge({id, now}));
        authorization.challenge.postedAt = now;
        return authorization;
    });
}

}  // namespace mailca::ra
