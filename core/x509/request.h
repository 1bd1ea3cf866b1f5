// A parsed PKCS#10 request (RFC 2986): facts only; verifySignature() is the one judgement it can make of itself. And
// the making of one, for the client.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/crypto/key.h"
#include "core/email_address.h"
#include "core/x509/builder.h"

struct X509_name_st;  // OpenSSL's X509_NAME
struct X509_req_st;   // OpenSSL's X509_REQ

namespace mailca::x509 {

// Immutable, cheap to copy, thread-safe.
class CertificateRequest {
 public:
    static Result<CertificateRequest> fromDer(ByteView der);  // BadCsr; trailing bytes and more than 16 KiB refused

    const Bytes& der() const { return m_der; }
    const crypto::PublicKey& publicKey() const { return m_key; }
    Result<void> verifySignature() const;  // proof of possession, SM2 with the identifier of GM/T 0009; BadCsr
    // As they stand in the request, unparsed.
    const std::vector<std::string>& emailNames() const { return m_emails; }  // rfc822Name + SmtpUTF8Mailbox of the SAN
    const std::vector<std::string>& dnsNames() const { return m_dnsNames; }
    bool hasOtherNames() const { return m_otherNames; }  // any other GeneralName form
    const std::vector<std::string>& subjectCommonNames() const { return m_commonNames; }
    const std::vector<std::string>& subjectEmails() const { return m_subjectEmails; }
    bool hasOtherSubjectParts() const { return m_otherSubject; }
    std::optional<unsigned> keyUsage() const { return m_keyUsage; }  // bits of x509::KeyUsage

 private:
    CertificateRequest(std::shared_ptr<X509_req_st> request, Bytes der, crypto::PublicKey key)
        : m_request(std::move(request)), m_der(std::move(der)), m_key(std::move(key)) {}
    Result<void> readSubject(const X509_name_st* subject);
    std::shared_ptr<X509_req_st> m_request;
    Bytes m_der;
    crypto::PublicKey m_key;
    std::vector<std::string> m_emails, m_dnsNames, m_commonNames, m_subjectEmails;
    bool m_otherNames = false;
    bool m_otherSubject = false;
    std::optional<unsigned> m_keyUsage;
};

// An empty subject, the mailbox in the SAN (rfc822Name or SmtpUTF8Mailbox, standards A51), keyUsage when given. DER.
Result<Bytes> makeRequest(const crypto::PrivateKey& key, const EmailAddress& mailbox, std::optional<unsigned> keyUsage);

// This subject, and no extension: a CA's certificate is what its superior makes of it. DER.
Result<Bytes> makeRequest(const crypto::PrivateKey& key, const NameParts& subject);

}  // namespace mailca::x509
