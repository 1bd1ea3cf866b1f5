// The decisions of registration: everything the ACME front end asks for. What they read and write goes through the
// ports (ports.h) alone. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ca/issuance.h"
#include "core/jose/jwk.h"
#include "core/random.h"
#include "enroll/ra/ports.h"
#include "enroll/va/caa.h"

namespace mailca::ra {

struct Policy {
    EmailAddress challengeFrom;  // where replies go; orders for it, and for its domain, are refused (A22)
    bool termsRequired = false;
    seconds emailMailDelay{0};  // after the first fetch of the authorization (A14)
    seconds dnsMailDelay{2};
    seconds authorizationLifetime{24h};  // at most 24 h (A17)
    bool dnsTypedMailbox = true;         // A54
    int mailsPerMailboxPerHour = 10;     // A22, per mailbox and account; strangers to it share ten times that
    int mailsPerAccountPerHour = 1000;
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

// The only maker of ValidatedMailbox: from an authorization that is valid now.
class ValidationJudge {
 public:
    static Result<ValidatedMailbox> judge(const Authorization& authorization, Time now);
};

class Accounts {
 public:
    Accounts(AccountBook& book, const Policy& policy, const Clock& clock, Random& random);
    struct Request {
        jose::Jwk key;
        std::vector<std::string> contacts;
        bool termsAgreed = false;
        bool onlyExisting = false;
    };
    struct Answer {
        Account account;
        bool created = false;
    };
    Result<Answer> create(const Request& request);  // B22, B24, B25
    Result<Account> update(const Account& account, const std::optional<std::vector<std::string>>& contacts,
                           bool deactivate);  // B27
 private:
    AccountBook& m_book;
    const Policy& m_policy;
    const Clock& m_clock;
    Random& m_random;
};

class Orders {
 public:
    Orders(OrderBook& orders, AccountBook& accounts, const ca::Profiles& profiles, const Policy& policy,
           const Clock& clock, Random& random);

    struct IdentifierSent {
        std::string type, value;
    };
    // B32-B34, A1, A2, A54, C9, C10. Exactly one mailbox an order.
    Result<OrderView> create(const Account& account, const std::vector<IdentifierSent>& identifiers,
                             const std::optional<std::string>& profile);
    // The first fetch releases the challenge mail (A14).
    Result<Authorization> fetchAuthorization(const Account& account, const AuthorizationId& id);
    Result<Authorization> postChallenge(const Account& account, const ChallengeId& id);
    Result<Authorization> findChallenge(const Account& account, const ChallengeId& id);
    Result<OrderView> find(const Account& account, const OrderId& id);

    // csrs by profile name; a plain order's single CSR comes under its profile's name. Judges everything
    // (OrderNotReady, BadCsr, BadPublicKey leave the order ready), then records the finalization.
    Result<PreparedOrder> finalize(const Account& account, const OrderId& id, const std::map<std::string, Bytes>& csrs);
    // The same judgement for an order that a restart found in progress.
    Result<PreparedOrder> prepare(const OrderView& view);

    const ca::Profiles& profiles() const { return m_profiles; }

 private:
    Result<PreparedOrder> judge(const OrderView& view, const std::vector<Bytes>& csrs);
    Result<PreparedOrder::Item> judgeItem(const OrderView& view, const OrderItem& item, const Bytes& csr, Time now);
    Result<void> checkBudget(const Account& account, const EmailAddress& mailbox);
    Result<Authorization> ownChallenge(const Account& account, const ChallengeId& id);
    Result<void> releaseMail(const Authorization& authorization);
    OrderBook& m_orders;
    AccountBook& m_accounts;
    const ca::Profiles& m_profiles;
    const Policy& m_policy;
    const Clock& m_clock;
    Random& m_random;
};

class Revocations {
 public:
    Revocations(CertificateBook& certificates, const Clock& clock);
    using Requester = std::variant<Account, crypto::PublicKey>;  // kid, or the certificate's own key (B45)
    Result<void> revoke(const Requester& requester, const Bytes& certificateDer,
                        std::optional<int> reason);  // B46, B47
    // By an operator; `reason` as in CRLs, no 0.
    Result<void> revokeAsOperator(const CertificateRecord& certificate, std::optional<int> reason);

 private:
    Result<RevokedBy> authorize(const Requester& requester, const CertificateRecord& certificate, Time now);
    CertificateBook& m_certificates;
    const Clock& m_clock;
};

}  // namespace mailca::ra
