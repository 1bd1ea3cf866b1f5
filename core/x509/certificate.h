// A parsed X.509 certificate (RFC 5280): bytes in, facts out, no judgement. Immutable, cheap to copy, thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/crypto/key.h"
#include "core/ids.h"

struct x509_st;  // OpenSSL's X509

namespace mailca::x509 {

struct Extension {
    std::string oid;  // dotted
    bool critical = false;
    Bytes value;  // content of extnValue (DER)
};

// keyUsage as bits (RFC 5280 section 4.2.1.3), bit 0 = digitalSignature.
enum KeyUsage : unsigned {
    kDigitalSignature = 1u << 0,
    kNonRepudiation = 1u << 1,
    kKeyEncipherment = 1u << 2,
    kDataEncipherment = 1u << 3,
    kKeyAgreement = 1u << 4,
    kKeyCertSign = 1u << 5,
    kCrlSign = 1u << 6,
    kEncipherOnly = 1u << 7,
    kDecipherOnly = 1u << 8,
};

namespace oid {
inline constexpr std::string_view kEmailProtection = "1.3.6.1.5.5.7.3.4";
inline constexpr std::string_view kTimeStamping = "1.3.6.1.5.5.7.3.8";
inline constexpr std::string_view kClientAuth = "1.3.6.1.5.5.7.3.2";
inline constexpr std::string_view kServerAuth = "1.3.6.1.5.5.7.3.1";
inline constexpr std::string_view kCodeSigning = "1.3.6.1.5.5.7.3.3";
inline constexpr std::string_view kAnyEku = "2.5.29.37.0";
}  // namespace oid

class Certificate {
 public:
    // Parse: trailing bytes, BER, a known extension that is ill-formed or stands twice, an unknown kind of key, a
    // serial number outside 1..2^159-1.
    static Result<Certificate> fromDer(ByteView der);
    // The same of one that should be for `key`: a key of these very octets is not decoded a second time.
    static Result<Certificate> fromDer(ByteView der, const crypto::PublicKey& key);
    static Result<Certificate> fromPem(std::string_view pem);
    static Result<std::vector<Certificate>> allFromPem(std::string_view pem);

    const Bytes& der() const;
    Bytes tbs() const;     // the to-be-signed bytes, as they stand in der()
    Bytes sha256() const;  // fingerprint
    std::string pem() const;
    int version() const;  // 3 for v3
    Serial serial() const;
    Bytes issuerDer() const;
    Bytes subjectDer() const;
    std::string subjectText() const;  // RFC 2253, for people
    std::string issuerText() const;
    Time notBefore() const;
    Time notAfter() const;
    crypto::PublicKey publicKey() const;
    Bytes signatureAlgorithmDer() const;  // outer AlgorithmIdentifier
    Bytes tbsSignatureAlgorithmDer() const;
    std::vector<Extension> extensions() const;
    const std::optional<Extension> extension(std::string_view oid) const;

    std::optional<unsigned> keyUsage() const;           // nullopt: no such extension
    std::vector<std::string> extendedKeyUsage() const;  // dotted OIDs; empty: no such extension
    std::vector<std::string> emails() const;    // rfc822Names, then SmtpUTF8Mailboxes, of the SAN, as they stand
    std::vector<std::string> policies() const;  // dotted OIDs
    std::vector<std::string> crlUrls() const;   // fullName URIs
    std::vector<std::string> caIssuersUrls() const;
    std::vector<std::string> ocspUrls() const;
    bool isCa() const;             // basicConstraints cA
    Bytes subjectKeyId() const;    // empty: none
    Bytes authorityKeyId() const;  // keyIdentifier; empty: none

    x509_st* handle() const;  // for OpenSSL's own functions; made when first asked for
    bool operator==(const Certificate& other) const { return der() == other.der(); }

 private:
    struct Facts;
    struct Whole;
    explicit Certificate(Facts facts);
    static Result<Certificate> parse(ByteView der, const crypto::PublicKey* decoded);
    std::shared_ptr<const Facts> m_facts;
    std::shared_ptr<Whole> m_whole;
};

// SHA-256 of a certificate's SubjectPublicKeyInfo, without the cost of parsing certificate and key. Parse: it is no
// certificate of version 2 or 3.
Result<Bytes> spkiSha256Of(ByteView certificateDer);

}  // namespace mailca::x509
