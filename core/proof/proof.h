// Types that carry proof. A function that takes one of these need not ask again: only the judge named beside each type
// can make one, and nothing is reloaded: what a record is worth is judged again.
#pragma once

#include <string>
#include <utility>

#include "core/clock.h"
#include "core/crypto/key.h"
#include "core/email_address.h"
#include "core/ids.h"
#include "core/x509/request.h"

namespace mailca {

namespace ra {
class ValidationJudge;
}
namespace va {
class CaaJudge;
class RequestJudge;
}  // namespace va
namespace ca {
class KeyPolicy;
class ClaimedProofs;  // ca/signer/claimed_proofs.h: of another process
}  // namespace ca

// Control of this mailbox was validated for this account by an authorization that was valid at `at`.
class ValidatedMailbox {
 public:
    const EmailAddress& mailbox() const { return m_mailbox; }
    const AccountId& account() const { return m_account; }
    const AuthorizationId& authorization() const { return m_authorization; }
    Time at() const { return m_at; }

 private:
    friend class ra::ValidationJudge;
    friend class ca::ClaimedProofs;
    ValidatedMailbox(EmailAddress mailbox, AccountId account, AuthorizationId authorization, Time at)
        : m_mailbox(std::move(mailbox)),
          m_account(std::move(account)),
          m_authorization(std::move(authorization)),
          m_at(at) {}
    EmailAddress m_mailbox;
    AccountId m_account;
    AuthorizationId m_authorization;
    Time m_at;
};

// The CAA records of this domain let us issue for mail (RFC 9495); good from checkedAt until goodUntil (standards C24).
class CaaPermission {
 public:
    const std::string& domain() const { return m_domain; }
    Time checkedAt() const { return m_checkedAt; }
    Time goodUntil() const { return m_goodUntil; }

 private:
    friend class va::CaaJudge;
    friend class ca::ClaimedProofs;
    CaaPermission(std::string domain, Time checkedAt, Time goodUntil)
        : m_domain(std::move(domain)), m_checkedAt(checkedAt), m_goodUntil(goodUntil) {}
    std::string m_domain;
    Time m_checkedAt;
    Time m_goodUntil;
};

// A key that the key policy (standards D8-D13) let pass.
class GoodKey {
 public:
    const crypto::PublicKey& key() const { return m_key; }

 private:
    friend class ca::KeyPolicy;
    explicit GoodKey(crypto::PublicKey key) : m_key(std::move(key)) {}
    crypto::PublicKey m_key;
};

// A CSR whose signature verified and whose names are exactly the order's mailbox (A50).
class VerifiedRequest {
 public:
    const x509::CertificateRequest& request() const { return m_request; }
    const EmailAddress& mailbox() const { return m_mailbox; }

 private:
    friend class va::RequestJudge;
    friend class ca::ClaimedProofs;
    VerifiedRequest(x509::CertificateRequest request, EmailAddress mailbox)
        : m_request(std::move(request)), m_mailbox(std::move(mailbox)) {}
    x509::CertificateRequest m_request;
    EmailAddress m_mailbox;
};

}  // namespace mailca
