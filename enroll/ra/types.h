// The nouns of RFC 8555 as values. What can be derived (an order that is ready, an authorization that has expired) is
// derived from these and the clock, never stored (standards B48-B51).
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/email_address.h"
#include "core/error.h"
#include "core/ids.h"

namespace mailca::ra {

enum class AccountStatus : std::uint8_t { Valid, Deactivated, Revoked };
std::string_view nameOf(AccountStatus status);

// Whose leave an account was made with: external account binding (RFC 8555 section 7.3.4).
struct ExternalAccount {
    std::string keyId;
    std::string binding;               // the inner JWS as it was sent, JSON (B26)
    std::vector<std::string> allowed;  // addresses and domains it may order for; empty: any
    bool revoked = false;              // the key, by an operator
};

struct Account {
    AccountId id;
    std::string thumbprint;             // RFC 7638, base64url
    std::string jwk;                    // public JWK, JSON
    Bytes keySha256;                    // of the SPKI: a CSR must not carry an account's key (B42)
    std::vector<std::string> contacts;  // "mailto:..."
    AccountStatus status = AccountStatus::Valid;
    std::optional<Time> termsAgreedAt;
    Time createdAt;
    std::string terms{};  // URL of the terms agreed to (B25); empty: none
    std::optional<ExternalAccount> external{};
};

// A mailbox as the client named it: RFC 8823 clients say type "email"; one family says "dns" with an address (A54).
// Both are echoed as sent.
enum class IdentifierType : std::uint8_t { Email, Dns };
std::string_view nameOf(IdentifierType type);  // "email", "dns"
struct Identifier {
    IdentifierType type = IdentifierType::Email;
    std::string value;     // as sent
    EmailAddress mailbox;  // parsed
};

// How a reply was authenticated (A35, A36): Strict meets RFC 8823 section 3.2 to the letter (SBR 3.2.2.4), Compatible
// only our relaxed header coverage (recorded as SBR 3.2.2.2).
enum class ValidationMethod : std::uint8_t { Strict, Compatible };
std::string_view nameOf(ValidationMethod method);  // "strict", "compatible"

struct Pending {};
struct Processing {
    Time since;
};
struct Valid {
    Time at;
};
struct Invalid {
    Error error;
    Time at;
};
using ChallengeState = std::variant<Pending, Processing, Valid, Invalid>;

// email-reply-00. Its state is derived (B48): the client's POST and the proof by mail may come in either order (A16),
// the challenge is valid once both are there.
struct Challenge {
    ChallengeId id;
    std::string tokenPart2;                // base64url of 24 bytes (A5)
    EmailAddress from;                     // the challenge mail's From, where the reply goes (A4)
    std::string thumbprint;                // of the account key when it was made (A13)
    std::optional<Time> mailReleasedAt{};  // first fetch of the authorization
    std::optional<Time> postedAt{};        // the client's POST
    std::optional<Time> provenAt{};        // a reply proved control
    std::optional<ValidationMethod> method{};
    std::optional<Error> error{};  // ended without proof
    std::optional<Time> endedAt{};

    ChallengeState state() const;
};

enum class AuthorizationStatus : std::uint8_t { Pending, Valid, Invalid, Deactivated, Expired, Revoked };
std::string_view nameOf(AuthorizationStatus status);

struct Authorization {
    AuthorizationId id;
    AccountId account;
    Identifier identifier;
    Time createdAt;
    Time expires;  // a pending one: <= 24 h after creation (A17)
    std::optional<Time> deactivatedAt;
    Challenge challenge;
    // How long it stays valid once it is; nullopt: until `expires`. Later only where authorizations are reused.
    std::optional<Time> validUntil{};

    AuthorizationStatus status(Time now) const;  // B49
    Time end() const;                            // `expires` as its owner is told: of the pending or the valid one
};

// One certificate of an order. A plain order has one item, a bundle several; all or none are issued.
struct OrderItem {
    std::string profile;
    Bytes csr;  // DER; empty until finalize
};

struct Open {};  // pending or ready: the authorization says which
struct InProgress {
    Time since;
};
struct Finished {
    Time at;
    std::vector<CertificateId> certificates;  // one an item, in order; never empty
};
struct Failed {
    Error error;
    Time at;
};
using OrderState = std::variant<Open, InProgress, Finished, Failed>;

enum class OrderStatus : std::uint8_t { Pending, Ready, Processing, Valid, Invalid };
std::string_view nameOf(OrderStatus status);

struct Order {
    OrderId id;
    AccountId account;
    AuthorizationId authorization;
    Identifier identifier;
    std::string profile;  // name of the profile or bundle, shown to the client (C8)
    Time createdAt;
    Time expires;
    std::vector<OrderItem> items;
    OrderState state;
    std::string replaces{};  // RFC 9773 section 5, as sent; empty: nothing

    OrderStatus status(const Authorization& authorizationNow, Time now) const;  // B50
    // Why it is invalid, for the order's `error` member; nullopt unless it is.
    std::optional<Error> error(const Authorization& authorizationNow, Time now) const;
};

struct OrderView {
    Order order;
    Authorization authorization;
};

struct Live {};
struct Revoked {
    Time at;
    std::optional<int> reason;  // CRLReason; nullopt: unspecified
};
using CertificateState = std::variant<Live, Revoked>;

struct CertificateRecord {
    CertificateId id;
    OrderId order;
    AccountId account;
    EmailAddress mailbox;
    Serial serial;
    std::string issuer;  // name of the issuing CA
    std::string profile;
    Bytes der;
    Bytes spkiSha256;
    Time notBefore;
    Time notAfter;
    CertificateState state;
};

}  // namespace mailca::ra
