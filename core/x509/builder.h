// Encoding of to-be-signed structures: fields in, DER out, no judgement and no signature. The caller signs the bytes
// and puts the three parts together with assemble().
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/crypto/key.h"
#include "core/email_address.h"
#include "core/ids.h"
#include "core/x509/certificate.h"

namespace mailca::x509 {

// A distinguished name by parts, or one taken byte for byte from a certificate (standards D26).
struct NameParts {
    std::string country, organization, commonName;  // empty: absent
};
using Name = std::variant<NameParts, Bytes>;
Result<Bytes> encodeName(const NameParts& parts);

struct CertificateFields {
    Serial serial;
    crypto::SignatureAlgorithm signature;
    Name issuer;
    Name subject;  // an empty NameParts makes the SAN critical (RFC 5280 4.2.1.6)
    Time notBefore;
    Time notAfter;  // inclusive
    crypto::PublicKey key;
    std::optional<EmailAddress> mailbox{};  // subjectAltName: rfc822Name or SmtpUTF8Mailbox (A51, H5)
    bool ca = false;                        // basicConstraints critical cA TRUE; else no basicConstraints
    std::optional<int> pathLength{};
    unsigned keyUsage = 0;                        // critical
    std::vector<std::string> extendedKeyUsage{};  // dotted; empty: absent
    bool extendedKeyUsageCritical = false;        // timestamping wants it critical (E1)
    std::vector<std::string> policies{};          // dotted; empty: absent
    std::string cpsUrl{};                         // cPSuri qualifier of the first policy; empty: none
    std::vector<std::string> crlUrls{};           // one DistributionPoint, fullName
    std::vector<std::string> caIssuersUrls{};
    std::vector<std::string> ocspUrls{};
    Bytes authorityKeyId{};                        // empty: absent (a root)
    std::vector<std::string> smimeCapabilities{};  // dotted OIDs of ciphers, best first (RFC 4262); empty: absent
    std::optional<std::pair<Time, Time>> privateKeyUsage{};  // privateKeyUsagePeriod (RFC 3280 4.2.1.4, EN 319 422)
    bool ocspNoCheck = false;  // RFC 6960 4.2.2.2.1: an OCSP responder whose own status is not asked for
};
// The subjectKeyIdentifier is always there: SHA-1 of the key bits (RFC 5280 4.2.1.2 (1)).
Result<Bytes> encodeTbsCertificate(const CertificateFields& fields);

struct RevokedEntry {
    Serial serial;
    Time at;
    std::optional<int> reason{};  // CRLReason code; never 0 (D50)
};
struct CrlFields {
    crypto::SignatureAlgorithm signature;
    Bytes issuerDer;
    Time thisUpdate;
    Time nextUpdate;
    std::vector<RevokedEntry> revoked{};  // none: the list is left out (F2)
    std::uint64_t number = 0;             // cRLNumber (F3)
    Bytes authorityKeyId{};
    std::string distributionPoint{};  // IDP, critical, this one fullName URI; empty: no IDP (F4)
};
Result<Bytes> encodeTbsCrl(const CrlFields& fields);

// SEQUENCE { tbs, AlgorithmIdentifier, BIT STRING }.
Result<Bytes> assemble(ByteView tbs, crypto::SignatureAlgorithm algorithm, ByteView signature);
Bytes encodeAlgorithm(crypto::SignatureAlgorithm algorithm);  // exactly the bytes of standards D11 and I5
// The one that these bytes are of; nullopt: none of ours.
std::optional<crypto::SignatureAlgorithm> signatureAlgorithmOf(ByteView algorithm);
Bytes keyIdentifier(const crypto::PublicKey& key);  // SHA-1 of the key bits, 20 octets

}  // namespace mailca::x509
