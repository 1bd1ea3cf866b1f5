// A small CA for tests: a root, an issuing CA below it, certificates with whatever is wrong with them, CRLs.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/x509/builder.h"
#include "core/x509/certificate.h"
#include "tests/support/sequence_random.h"

namespace mailca::test {

template <typename T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text());
    return std::move(*result);
}

inline constexpr const char* kIssuingUrl = "http://pki.test/issuing.cer";
inline constexpr const char* kLeafCrlUrl = "http://pki.test/leaf.crl";
inline constexpr const char* kIssuingCrlUrl = "http://pki.test/issuing.crl";

class Authority {
 public:
    using Change = std::function<void(x509::CertificateFields&)>;

    explicit Authority(Time now, std::uint64_t seed = 1)
        : m_now(now),
          m_random(seed),
          m_rootKey(newKey()),
          m_issuingKey(newKey()),
          m_root(makeRoot()),
          m_issuing(makeIssuing()) {}

    static crypto::PrivateKey newKey() { return must(crypto::PrivateKey::generate({crypto::KeyType::P256})); }

    const x509::Certificate& root() const { return m_root; }
    const x509::Certificate& issuing() const { return m_issuing; }

    x509::Certificate issue(const crypto::PublicKey& key, const std::string& mailbox, unsigned usage,
                            std::string_view extendedUsage, const Change& change = {}) {
        x509::CertificateFields fields = fieldsOf(key);
        fields.issuer = m_issuing.subjectDer();
        fields.mailbox = must(EmailAddress::parse(mailbox));
        fields.keyUsage = usage;
        fields.extendedKeyUsage = {std::string(extendedUsage)};
        fields.crlUrls = {kLeafCrlUrl};
        fields.caIssuersUrls = {kIssuingUrl};
        fields.authorityKeyId = m_issuing.subjectKeyId();
        if (change) change(fields);
        return signedBy(m_issuingKey, fields);
    }
    x509::Certificate encryptionCertificate(const crypto::PublicKey& key, const std::string& mailbox,
                                            const Change& change = {}) {
        return issue(key, mailbox, key.type() == crypto::KeyType::Rsa ? x509::kKeyEncipherment : x509::kKeyAgreement,
                     x509::oid::kEmailProtection, change);
    }

    std::string leafCrl(std::vector<x509::RevokedEntry> revoked,
                        const std::function<void(x509::CrlFields&)>& change = {}) {
        return crl(m_issuing, m_issuingKey, kLeafCrlUrl, std::move(revoked), change);
    }
    std::string issuingCrl(std::vector<x509::RevokedEntry> revoked) {
        return crl(m_root, m_rootKey, kIssuingCrlUrl, std::move(revoked), {});
    }

 private:
    x509::CertificateFields fieldsOf(const crypto::PublicKey& key) {
        return {.serial = Serial::random(m_random),
                .signature = crypto::SignatureAlgorithm::EcdsaSha256,
                .issuer = x509::NameParts{"DE", "Test", "Root"},
                .subject = x509::NameParts{},
                .notBefore = m_now - 1h,
                .notAfter = m_now + 24h * 90,
                .key = key,
                .mailbox = std::nullopt,
                .pathLength = std::nullopt,
                .extendedKeyUsage = {},
                .policies = {},
                .cpsUrl = "",
                .crlUrls = {},
                .caIssuersUrls = {},
                .ocspUrls = {},
                .authorityKeyId = {}};
    }
    static x509::Certificate signedBy(const crypto::PrivateKey& key, const x509::CertificateFields& fields) {
        const Bytes tbs = must(x509::encodeTbsCertificate(fields));
        const Bytes signature = must(key.sign(fields.signature, tbs));
        return must(x509::Certificate::fromDer(must(x509::assemble(tbs, fields.signature, signature))));
    }
    x509::Certificate makeRoot() {
        x509::CertificateFields fields = fieldsOf(m_rootKey.publicKey());
        fields.subject = fields.issuer;
        fields.ca = true;
        fields.keyUsage = x509::kKeyCertSign | x509::kCrlSign;
        return signedBy(m_rootKey, fields);
    }
    x509::Certificate makeIssuing() {
        x509::CertificateFields fields = fieldsOf(m_issuingKey.publicKey());
        fields.subject = x509::NameParts{"DE", "Test", "Issuing"};
        fields.ca = true;
        fields.keyUsage = x509::kKeyCertSign | x509::kCrlSign;
        fields.crlUrls = {kIssuingCrlUrl};
        fields.authorityKeyId = m_root.subjectKeyId();
        return signedBy(m_rootKey, fields);
    }
    std::string crl(const x509::Certificate& issuer, const crypto::PrivateKey& key, const std::string& url,
                    std::vector<x509::RevokedEntry> revoked, const std::function<void(x509::CrlFields&)>& change) {
        x509::CrlFields fields{.signature = crypto::SignatureAlgorithm::EcdsaSha256,
                               .issuerDer = issuer.subjectDer(),
                               .thisUpdate = m_now - 1h,
                               .nextUpdate = m_now + 24h,
                               .revoked = std::move(revoked),
                               .number = 1,
                               .authorityKeyId = issuer.subjectKeyId(),
                               .distributionPoint = url};
        if (change) change(fields);
        const Bytes tbs = must(x509::encodeTbsCrl(fields));
        const Bytes signature = must(key.sign(fields.signature, tbs));
        const Bytes der = must(x509::assemble(tbs, fields.signature, signature));
        return std::string(asText(der));
    }

    Time m_now;
    SequenceRandom m_random;
    crypto::PrivateKey m_rootKey;
    crypto::PrivateKey m_issuingKey;
    x509::Certificate m_root;
    x509::Certificate m_issuing;
};

}  // namespace mailca::test
