// Every URL the API hands out, made from external_url alone, never from a request's Host. One list, so that what is
// handed out and what is routed cannot differ.
#pragma once

#include <string>
#include <string_view>

#include "core/ids.h"

namespace mailca::acme {

namespace path {
inline constexpr std::string_view kDirectory = "/acme/directory";
inline constexpr std::string_view kNewNonce = "/acme/new-nonce";
inline constexpr std::string_view kNewAccount = "/acme/new-account";
inline constexpr std::string_view kNewOrder = "/acme/new-order";
inline constexpr std::string_view kRevokeCert = "/acme/revoke-cert";
inline constexpr std::string_view kMailboxCertificates = "/acme/mailbox-certificates";
inline constexpr std::string_view kNewAuthz = "/acme/new-authz";
inline constexpr std::string_view kKeyChange = "/acme/key-change";
inline constexpr std::string_view kRenewalInfo = "/acme/renewal-info";
inline constexpr std::string_view kAccount = "/acme/account/";
inline constexpr std::string_view kOrders = "/orders";
inline constexpr std::string_view kTerms = "/acme/terms/";
inline constexpr std::string_view kOrder = "/acme/order/";
inline constexpr std::string_view kFinalize = "/finalize";
inline constexpr std::string_view kAuthorization = "/acme/authz/";
inline constexpr std::string_view kChallenge = "/acme/challenge/";
inline constexpr std::string_view kCertificate = "/acme/cert/";
}  // namespace path

class Urls {
 public:
    explicit Urls(std::string externalUrl) : m_base(std::move(externalUrl)) {}  // without a trailing slash

    std::string of(std::string_view fixedPath) const { return m_base + std::string(fixedPath); }
    std::string account(const AccountId& id) const { return of(path::kAccount) + id.text(); }
    std::string orders(const AccountId& id) const { return account(id) + std::string(path::kOrders); }
    // The page where its owner agrees to changed terms.
    std::string terms(const AccountId& id) const { return of(path::kTerms) + id.text(); }
    std::string order(const OrderId& id) const { return of(path::kOrder) + id.text(); }
    std::string finalize(const OrderId& id) const { return order(id) + std::string(path::kFinalize); }
    std::string authorization(const AuthorizationId& id) const { return of(path::kAuthorization) + id.text(); }
    std::string challenge(const ChallengeId& id) const { return of(path::kChallenge) + id.text(); }
    std::string certificate(const CertificateId& id) const { return of(path::kCertificate) + id.text(); }

    // The account a kid names. Malformed: not an account URL of this server.
    Result<AccountId> accountOf(std::string_view kid) const;

 private:
    std::string m_base;
};

}  // namespace mailca::acme
