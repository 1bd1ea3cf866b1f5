// The decisions of registration: everything the ACME front end asks for. What they read and write goes through the
// ports (ports.h) alone. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ca/issuance.h"
#include "core/jose/jwk.h"
#include "core/random.h"
#include "enroll/ra/external_accounts.h"
#include "enroll/ra/limits.h"
#include "enroll/ra/ports.h"
#include "enroll/va/caa.h"

namespace mailca::ra {

struct Policy {
    EmailAddress challengeFrom;              // where replies go; orders for it, and for its domain, are refused (A22)
    std::string termsOfService{};            // their URL; empty: none, and nothing to agree to
    bool changedTermsNeedAgreement = false;  // B25
    bool externalAccountRequired = false;    // B29
    // How long a proven mailbox stays proven for its account: orders then reuse its authorization, and newAuthz is
    // offered. 0: every order proves anew; at most 30 days (SBR 4.2.1).
    seconds reuse{0};
    int reusedOfHundred = 100;  // fewer where clients are tested
    seconds emailMailDelay{0};  // after the first fetch of the authorization (A14)
    seconds dnsMailDelay{2};
    seconds authorizationLifetime{24h};  // at most 24 h (A17)
    bool dnsTypedMailbox = true;         // A54
};

// Made of proofs by Orders::finalize and Orders::prepare: what the issuance desk works on.
struct PreparedOrder {
    OrderId order;
    std::string domain;  // whose CAA is asked
    struct Item {
        const ca::Profile* profile;
        ca::Use use;
        ValidatedMailbox mailbox;
        GoodKey key;
        VerifiedRequest request;
    };
    std::vector<Item> items;
};

// A finalized order, as the client is shown it until it leaves InProgress.
struct FinalizedOrder {
    OrderView view;
    PreparedOrder prepared;
};

// The only maker of ValidatedMailbox: from an authorization that is valid now.
class ValidationJudge {
 public:
    static Result<ValidatedMailbox> judge(const Authorization& authorization, Time now);
};

class Accounts {
 public:
    // `external` nullptr: external account binding is not offered.
    Accounts(AccountBook& book, const Policy& policy, const Clock& clock, Random& random,
             const ExternalAccounts* external = nullptr);
    struct Request {
        jose::Jwk key;
        std::vector<std::string> contacts;
        bool termsAgreed = false;
        bool onlyExisting = false;
        std::optional<json::Value> binding{};  // externalAccountBinding, as sent
        std::string url{};                     // of this request: what the binding has to name
    };
    struct Answer {
        Account account;
        bool created = false;
    };
    Result<Answer> create(const Request& request);  // B22, B24, B25
    Result<Account> update(const Account& account, const std::optional<std::vector<std::string>>& contacts,
                           bool deactivate);  // B27
    // Somebody has that key already (B30, the ninth check).
    struct KeyTaken {
        AccountId by;
    };
    // The last three of RFC 8555 section 7.3.5's nine checks: `oldKey` is the account's, `newKey` nobody's.
    Result<std::variant<Account, KeyTaken>> changeKey(const Account& account, const jose::Jwk& oldKey,
                                                      const jose::Jwk& newKey);
    Result<void> agree(const AccountId& account);  // to the terms of today

 private:
    Result<std::optional<ExternalAccount>> bind(const Request& request);
    AccountBook& m_book;
    const Policy& m_policy;
    const Clock& m_clock;
    Random& m_random;
    const ExternalAccounts* m_external;
};

class Orders {
 public:
    Orders(OrderBook& orders, AccountBook& accounts, const ca::Profiles& profiles, const Policy& policy, Limits& limits,
           const Clock& clock, Random& random);

    struct IdentifierSent {
        std::string type, value;
    };
    // A certificate that an order is to replace, as RFC 9773 names it; with it the whole set it came with.
    struct Replaced {
        std::string name;
        CertificateRecord certificate;
    };
    struct Request {
        std::vector<IdentifierSent> identifiers;
        std::optional<std::string> profile{};
        std::optional<Replaced> replaced{};
        std::string peer{};  // the client's IP address
    };
    // B32-B34, A1, A2, A54, C5, C9, C10. Exactly one mailbox an order.
    Result<std::variant<OrderView, Wait>> create(const Account& account, const Request& request);
    // Why this identifier cannot be ordered: for the subproblems of an order of several (B34). nullopt: it can.
    std::optional<Error> refusal(const Account& account, const IdentifierSent& identifier) const;
    // Pre-authorization (RFC 8555 section 7.4.1); offered where authorizations are reused.
    Result<std::variant<Authorization, Wait>> authorize(const Account& account, const IdentifierSent& identifier,
                                                        const std::string& peer);
    bool reuses() const { return m_policy.reuse > seconds{0}; }
    Result<Authorization> deactivate(const Account& account, const AuthorizationId& id);  // B39
    // Not the invalid ones, newest first; at most `limit` (B31).
    Result<std::vector<OrderId>> list(const Account& account, const std::optional<OrderId>& after, int limit);
    // The first fetch releases the challenge mail (A14).
    Result<Authorization> fetchAuthorization(const Account& account, const AuthorizationId& id);
    Result<Authorization> postChallenge(const Account& account, const ChallengeId& id);
    Result<Authorization> findChallenge(const Account& account, const ChallengeId& id);
    Result<OrderView> find(const Account& account, const OrderId& id);

    // The CSR of a plain order (RFC 8555), or those of a bundle by the names of its profiles (docs/bundles.md).
    using Csrs = std::variant<Bytes, std::map<std::string, Bytes>>;
    // Judges everything (OrderNotReady, BadCsr, BadPublicKey leave the order ready), then records the finalization.
    Result<FinalizedOrder> finalize(const Account& account, const OrderId& id, const Csrs& csrs);
    // The same judgement for an order that a restart found in progress.
    Result<PreparedOrder> prepare(const OrderView& view);

    const ca::Profiles& profiles() const { return m_profiles; }

 private:
    Result<PreparedOrder> judge(const OrderView& view, const std::vector<Bytes>& csrs);
    Result<PreparedOrder::Item> judgeItem(const OrderView& view, const OrderItem& item, const Bytes& csr, Time now);
    Result<Identifier> judgeIdentifier(const Account& account, const IdentifierSent& identifier) const;
    Result<Identifier> judgeIdentifiers(const Account& account, const std::vector<IdentifierSent>& identifiers) const;
    Result<void> checkTerms(const Account& account) const;
    Authorization newAuthorization(const Account& account, const Identifier& identifier, Time now);
    Result<Authorization> ownChallenge(const Account& account, const ChallengeId& id);
    Result<void> releaseMail(const Authorization& authorization);
    OrderBook& m_orders;
    AccountBook& m_accounts;
    const ca::Profiles& m_profiles;
    const Policy& m_policy;
    Limits& m_limits;
    const Clock& m_clock;
    Random& m_random;
};

class Revocations {
 public:
    Revocations(CertificateBook& certificates, const Clock& clock);
    using Requester = std::variant<Account, crypto::PublicKey>;  // kid, or the certificate's own key (B45)
    Result<void> revoke(const Requester& requester, const Bytes& certificateDer,
                        std::optional<int> reason);  // B46, B47
    // Every certificate of the mailbox, whoever ordered it, newest first. Unauthorized unless the account holds a valid
    // authorization for it.
    Result<std::vector<CertificateRecord>> list(const Account& account, const EmailAddress& mailbox);

 private:
    Result<RevokedBy> authorize(const Requester& requester, const CertificateRecord& certificate, Time now);
    CertificateBook& m_certificates;
    const Clock& m_clock;
};

}  // namespace mailca::ra
