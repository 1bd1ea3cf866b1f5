#include <algorithm>

#include "enroll/ra/chance.h"
#include "enroll/ra/decide.h"
#include "enroll/ra/service.h"

namespace mailca::ra {
namespace {

constexpr std::size_t kTokenBytes = 24;     // A5
constexpr seconds kLongestToken{24h};       // A17
constexpr seconds kLongestReuse{24h * 30};  // SBR 4.2.1

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

Result<void> checkOwner(const Account& account, const AccountId& owner) {
    if (account.id == owner) return {};
    return fail(ErrorKind::Unauthorized, "this belongs to another account");
}

// C5 but for "not replaced before", which the store alone can say.
Result<void> checkReplaced(const Account& account, const Identifier& identifier, const Orders::Replaced& replaced) {
    if (replaced.certificate.account != account.id) {
        return fail(ErrorKind::Unauthorized, "the certificate to be replaced is another account's");
    }
    if (replaced.certificate.mailbox == identifier.mailbox) return {};
    return fail(ErrorKind::Malformed, "the certificate to be replaced is for " + replaced.certificate.mailbox.text() +
                                          ", not for the ordered mailbox");
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
               Limits& limits, const Clock& clock, Random& random)
    : m_orders(orders),
      m_accounts(accounts),
      m_profiles(profiles),
      m_policy(policy),
      m_limits(limits),
      m_clock(clock),
      m_random(random) {}

Result<Identifier> Orders::judgeIdentifier(const Account& account, const IdentifierSent& sent) const {
    TRY(Identifier identifier, parseIdentifier(sent, m_policy));
    if (identifier.mailbox.domain() == m_policy.challengeFrom.domain()) {  // A22
        return fail(ErrorKind::RejectedIdentifier,
                    "this CA issues no certificates for " + m_policy.challengeFrom.domain() + ", its own mail domain");
    }
    if (account.external && account.external->revoked) {  // B29
        return fail(ErrorKind::Unauthorized, "the external account key that this account was made with was revoked");
    }
    if (account.external && !allows(account.external->allowed, identifier.mailbox)) {
        return fail(ErrorKind::RejectedIdentifier,
                    "the external account key that this account was made with is not for " + identifier.mailbox.text());
    }
    return identifier;
}

Result<Identifier> Orders::judgeIdentifiers(const Account& account, const std::vector<IdentifierSent>& sent) const {
    if (sent.empty()) return fail(ErrorKind::Malformed, "the order names no identifier");
    if (sent.size() > 1) return fail(ErrorKind::RejectedIdentifier, "order one mailbox at a time");
    return judgeIdentifier(account, sent.front());
}

std::optional<Error> Orders::refusal(const Account& account, const IdentifierSent& identifier) const {
    const auto judged = judgeIdentifier(account, identifier);
    return judged ? std::nullopt : std::optional(judged.error());
}

Result<void> Orders::checkTerms(const Account& account) const {  // B25
    if (!m_policy.changedTermsNeedAgreement || account.terms == m_policy.termsOfService) return {};
    return fail(ErrorKind::UserActionRequired,
                "the terms of service have changed: read and agree to them at the URL in instance, then ask again");
}

Authorization Orders::newAuthorization(const Account& account, const Identifier& identifier, Time now) {
    Challenge challenge{.id = ChallengeId::random(m_random),
                        .tokenPart2 = m_random.token(kTokenBytes),
                        .from = m_policy.challengeFrom,
                        .thumbprint = account.thumbprint};
    const seconds reuse = std::min(m_policy.reuse, kLongestReuse);
    return {.id = AuthorizationId::random(m_random),
            .account = account.id,
            .identifier = identifier,
            .createdAt = now,
            .expires = now + std::min(m_policy.authorizationLifetime, kLongestToken),
            .deactivatedAt = std::nullopt,
            .challenge = std::move(challenge),
            .validUntil = reuses() ? std::optional(now + reuse) : std::nullopt};
}

// docs/issuance-cycle.md, step 1.
Result<std::variant<OrderView, Wait>> Orders::create(const Account& account, const Request& request) {
    using Created = std::variant<OrderView, Wait>;
    TRY_VOID(checkTerms(account));
    TRY(const Identifier identifier, judgeIdentifiers(account, request.identifiers));
    TRY(const Named named, expandProfile(m_profiles, request.profile));
    const std::optional<Replaced>& replaced = request.replaced;
    if (replaced) TRY_VOID(checkReplaced(account, identifier, *replaced));
    const bool reusing = reuses() && happens(m_policy.reusedOfHundred, m_random);
    std::optional<bool> counted;  // as an order with a mail; a second decision counts no second order
    return decide([&]() -> Result<Created> {
        const Time now = m_clock.now();
        std::optional<Authorization> valid;
        if (reusing) {
            TRY(valid, m_orders.findValid(account.id, identifier, now));
        }
        if (!counted || (!valid && !*counted)) {
            TRY(auto wait, m_limits.newOrder(account.id, identifier.mailbox, request.peer, !valid));
            if (wait) return Created(*std::move(wait));
            counted = !valid;
        }
        const auto origin = valid ? AuthorizationOrigin::Reused : AuthorizationOrigin::Fresh;
        Authorization authorization = valid ? *std::move(valid) : newAuthorization(account, identifier, now);
        Order order{.id = OrderId::random(m_random),
                    .account = account.id,
                    .authorization = authorization.id,
                    .identifier = identifier,
                    .profile = named.name,
                    .createdAt = now,
                    .expires = now + std::min(m_policy.authorizationLifetime, kLongestToken),
                    .items = {},
                    .state = Open{},
                    .replaces = replaced ? replaced->name : std::string()};
        for (const std::string& member : named.members) order.items.push_back({member, {}});
        std::optional<OrderId> replacedOrder;
        if (replaced) replacedOrder = replaced->certificate.order;
        TRY_VOID(m_orders.create({order, authorization, origin, replacedOrder}));
        return Created(OrderView{std::move(order), std::move(authorization)});
    });
}

// B21; RFC 8555 section 7.4.1.
Result<std::variant<Authorization, Wait>> Orders::authorize(const Account& account, const IdentifierSent& sent,
                                                            const std::string& peer) {
    using Authorized = std::variant<Authorization, Wait>;
    TRY_VOID(checkTerms(account));
    TRY(const Identifier identifier, judgeIdentifier(account, sent));
    bool counted = false;
    return decide([&]() -> Result<Authorized> {
        const Time now = m_clock.now();
        TRY(auto valid, m_orders.findValid(account.id, identifier, now));
        if (valid) return Authorized(*std::move(valid));
        if (!counted) {
            TRY(auto wait, m_limits.newOrder(account.id, identifier.mailbox, peer, true));
            if (wait) return Authorized(*std::move(wait));
            counted = true;
        }
        Authorization made = newAuthorization(account, identifier, now);
        TRY_VOID(m_orders.createAuthorization(made));
        return Authorized(std::move(made));
    });
}

// B39. Its open orders are invalid with it, by what they are derived from (B50).
Result<Authorization> Orders::deactivate(const Account& account, const AuthorizationId& id) {
    return decide([&]() -> Result<Authorization> {
        TRY(Authorization authorization, m_orders.findAuthorization(id));
        TRY_VOID(checkOwner(account, authorization.account));
        const AuthorizationStatus status = authorization.status(m_clock.now());
        if (status == AuthorizationStatus::Deactivated) return authorization;
        if (status != AuthorizationStatus::Pending && status != AuthorizationStatus::Valid) {
            return fail(ErrorKind::Malformed, "the authorization is " + std::string(nameOf(status)) +
                                                  ": only a pending or valid one can be deactivated");
        }
        TRY_VOID(m_orders.deactivate({id, account.id, m_clock.now()}));
        return m_orders.findAuthorization(id);
    });
}

Result<std::vector<OrderId>> Orders::list(const Account& account, const std::optional<OrderId>& after, int limit) {
    return m_orders.list({account.id, after, m_clock.now(), limit});
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
    return m_orders.releaseMail({authorization.challenge.id, now, now + delay, m_limits.strangers()});
}

Result<Authorization> Orders::fetchAuthorization(const Account& account, const AuthorizationId& id) {
    TRY(Authorization authorization, m_orders.findAuthorization(id));
    TRY_VOID(checkOwner(account, authorization.account));
    const bool waits = authorization.status(m_clock.now()) == AuthorizationStatus::Pending;
    if (!waits || authorization.challenge.mailReleasedAt) return authorization;
    TRY_VOID(releaseMail(authorization));
    authorization.challenge.mailReleasedAt = m_clock.now();
    return authorization;
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
