// Defective certificates, a table for each file of rules: a good certificate of the kind with one thing changed, before
// it is encoded or after, and what the finding must say.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "core/x509/builder.h"
#include "tests/ca/lint/defects.h"
#include "tests/ca/support.h"

namespace mailca::ca::lint {

enum class Kind { Smime, Sm2, Timestamp, IssuingCa, TimestampCa, Root, Responder, Unit };

struct CertificateDefect {
    std::string rule;
    Kind kind;
    std::function<void(x509::CertificateFields&)> change;
    std::function<Bytes(const Bytes&)> patch;
    std::string says{};  // a part of the finding's text
};
using Defects = std::vector<CertificateDefect>;
using F = x509::CertificateFields;

inline x509::NameParts named(const std::string& organization, const std::string& commonName) {
    return {"", organization, commonName};
}

inline crypto::PublicKey freshKey(crypto::KeyType type = crypto::KeyType::P256, int bits = 0) {
    return test::must(crypto::PrivateKey::generate({type, bits})).publicKey();
}

// Version, serial, algorithms, validity, extensions as a whole.
inline Defects frameDefects() {
    return {
        {"version", Kind::Smime, {}, [](auto& tbs) { return test::patched(tbs, "a003020102", "a003020101"); }},
        {"serial", Kind::Smime, [](F& f) { f.serial = test::must(Serial::fromHex("05")); }, {}},
        {"signature-algorithm", Kind::Sm2, [](F& f) { f.signature = crypto::SignatureAlgorithm::EcdsaSha256; }, {}},
        {"signature-algorithm", Kind::Smime, [](F& f) { f.signature = crypto::SignatureAlgorithm::EcdsaSha384; }, {}},
        {"time-encoding",
         Kind::Smime,
         {},
         [](auto& tbs) {
             const std::string text = "20261123120000Z";
             return test::withPart(
                 tbs, 4,
                 test::joined(0x30, {test::tlv(0x18, asBytes(text)), test::tlv(0x17, asBytes("271225115959Z"))}));
         }},
        {"validity-order", Kind::Smime, [](F& f) { f.notAfter = f.notBefore - seconds{1}; }, {}},
        {"validity-length",
         Kind::Smime,
         [](F& f) { f.notAfter = f.notBefore + std::chrono::days{825}; },
         {},
         "valid for 826 days"},
        {"validity-length",
         Kind::Smime,
         [](F& f) { f.notAfter = f.notBefore + std::chrono::days{825} - seconds{1}; },
         {},
         "valid for 825 days"},
        {"timestamp-ca-length",
         Kind::TimestampCa,
         [](F& f) { f.notAfter = f.notBefore + std::chrono::days{365 * 7}; },
         {}},
        {"outlives-issuer", Kind::Smime, [](F& f) { f.notAfter = f.notBefore + std::chrono::days{365 * 9}; }, {}},
        {"unique-ids",
         Kind::Smime,
         {},
         [](auto& tbs) {
             return test::withInserted(tbs, 7, Bytes{0x81, 0x02, 0x00, 0x01});
         }},
        {"extension-unknown",
         Kind::Smime,
         {},
         [](auto& tbs) { return test::withExtension(tbs, "551d09", test::extension("551d09", false, "3000")); }},
        {"extension-unknown", Kind::Root, [](F& f) { f.policies = {"1.2.3"}; }, {}},
        {"never-critical", Kind::Smime, {}, [](auto& tbs) { return test::withCriticalityTurned(tbs, "551d20"); }},
        {"never-critical", Kind::Smime, {}, [](auto& tbs) { return test::withCriticalityTurned(tbs, "551d23"); }},
    };
}

// Issuer, subject, subjectAltName.
inline Defects nameDefects() {
    return {
        {"issuer-name", Kind::Smime, [](F& f) { f.issuer = named("Another", "CA"); }, {}},
        {"issuer-name", Kind::Root, [](F& f) { f.issuer = named("Another", "CA"); }, {}},
        {"subject-parts",
         Kind::Smime,
         [](F& f) { f.subject = named("Example", "alice@example.org"); },
         {},
         "holds 2.5.4.10 = \"Example\""},
        {"subject-mailbox", Kind::Smime, [](F& f) { f.subject = named("", "Alice"); }, {}, "is \"Alice\", not"},
        {"subject-mailbox", Kind::Smime, [](F& f) { f.subject = named("", "Alice@example.org"); }, {}},
        {"subject-meaningless",
         Kind::Smime,
         [](F& f) { f.subject = named("", "-"); },
         {},
         "is \"-\", which says nothing"},
        {"ca-subject", Kind::IssuingCa, [](F& f) { f.subject = named("Example", "CA"); }, {}, "2.5.4.6 0 times"},
        {"subject-alt-name", Kind::Smime, [](F& f) { f.mailbox.reset(); }, {}},
        {"subject-alt-name",
         Kind::Smime,
         [](F& f) { f.mailbox = test::must(EmailAddress::parse("bob@example.org")); },
         {}},
        {"subject-alt-name-critical",
         Kind::Smime,
         {},
         [](auto& tbs) { return test::withCriticalityTurned(tbs, "551d11"); },
         "is critical although"},
    };
}

inline constexpr std::string_view kOtherCurve =
    "3056301006072a8648ce3d020106052b8104000a03420004aae3ba29d34ed673e3144f124adb767a3bf93bb7aa2791f64eda145fce0afdef50"
    "26ca57"
    "3d6fc91a96d9b5504538b44ed6cf4e68dd289ee5358dab12bace4834";

inline void withRsaKey(F& f) {
    f.key = freshKey(crypto::KeyType::Rsa, 2048);
}

inline Bytes withEvenModulus(Bytes tbs) {
    const Bytes exponent = test::fromHexOrThrow("0203010001");  // stands behind the modulus
    const auto at = std::search(tbs.begin(), tbs.end(), exponent.begin(), exponent.end());
    *std::prev(at) ^= 1U;
    return tbs;
}

// The subject's public key.
inline Defects keyDefects() {
    return {
        {"key-family", Kind::Smime, [](F& f) { f.key = freshKey(crypto::KeyType::Sm2); }, {}, "type SM2 has no place"},
        {"key-family", Kind::Sm2, [](F& f) { f.key = freshKey(); }, {}, "in the hierarchy sm2-smime"},
        {"rsa-size", Kind::Smime, [](F& f) { f.key = freshKey(crypto::KeyType::Rsa, 1024); }, {}},
        {"rsa-size", Kind::Timestamp, [](F& f) { f.key = freshKey(crypto::KeyType::Rsa, 2048); }, {}},
        {"rsa-size", Kind::IssuingCa, [](F& f) { f.key = freshKey(crypto::KeyType::Rsa, 3072); }, {}},
        // secp256k1, a key by the openssl program
        {"key-type",
         Kind::Smime,
         {},
         [](auto& tbs) { return test::withPart(tbs, 6, test::fromHexOrThrow(kOtherCurve)); },
         "is neither RSA"},
        {"rsa-numbers", Kind::Smime, withRsaKey,
         [](auto& tbs) { return test::patched(tbs, "0203010001", "0203010002"); }, "exponent (010002)"},
        {"rsa-numbers", Kind::Smime, withRsaKey,
         [](auto& tbs) { return test::patched(tbs, "0203010001", "0203000001"); }, "exponent (01)"},
        {"rsa-numbers", Kind::Smime, withRsaKey, withEvenModulus, "modulus is even"},
    };
}

// BasicConstraints, keyUsage, extKeyUsage.
inline Defects usageDefects() {
    return {
        {"basic-constraints", Kind::Smime, [](F& f) { f.ca = true; }, {}},
        {"ca-constraints", Kind::Root, [](F& f) { f.pathLength = 1; }, {}},
        {"ca-constraints", Kind::IssuingCa, [](F& f) { f.pathLength = 1; }, {}},
        {"ca-constraints", Kind::IssuingCa, [](F& f) { f.ca = false; }, {}},
        {"key-usage",
         Kind::Smime,
         [](F& f) { f.keyUsage = x509::kKeyEncipherment; },
         {},
         "is keyEncipherment, which is not for a key of the type P-256"},
        {"key-usage", Kind::Smime, [](F& f) { f.keyUsage = x509::kDigitalSignature | x509::kKeyCertSign; }, {}},
        {"key-usage", Kind::Smime, [](F& f) { f.keyUsage = x509::kNonRepudiation; }, {}},
        {"key-usage", Kind::Sm2, [](F& f) { f.keyUsage = x509::kDigitalSignature; }, {}},
        {"key-usage", Kind::Sm2, [](F& f) { f.keyUsage |= x509::kKeyAgreement; }, {}},
        {"key-usage",
         Kind::Smime,
         {},
         [](auto& tbs) { return test::withExtension(tbs, "551d0f", {}); },
         "keyUsage is missing"},
        {"key-usage",
         Kind::Smime,
         {},
         [](auto& tbs) { return test::withCriticalityTurned(tbs, "551d0f"); },
         "keyUsage is not critical"},
        {"timestamp-key-usage",
         Kind::Timestamp,
         [](F& f) { f.keyUsage = x509::kDigitalSignature | x509::kKeyAgreement; },
         {},
         "is digitalSignature and keyAgreement, not"},
        {"ca-key-usage", Kind::Root, [](F& f) { f.keyUsage = x509::kKeyCertSign; }, {}, "is keyCertSign, not"},
        {"extended-key-usage", Kind::Smime, [](F& f) { f.extendedKeyUsage.emplace_back(x509::oid::kServerAuth); }, {}},
        {"extended-key-usage", Kind::Smime, [](F& f) { f.extendedKeyUsage.clear(); }, {}, "missing or empty"},
        {"extended-key-usage",
         Kind::IssuingCa,
         [](F& f) { f.extendedKeyUsage.emplace_back(x509::oid::kTimeStamping); },
         {}},
        {"extended-key-usage",
         Kind::Timestamp,
         [](F& f) { f.extendedKeyUsage.emplace_back(x509::oid::kEmailProtection); },
         {}},
        {"extended-key-usage-critical", Kind::Timestamp, [](F& f) { f.extendedKeyUsageCritical = false; }, {}},
        {"extended-key-usage-critical", Kind::Smime, [](F& f) { f.extendedKeyUsageCritical = true; }, {}},
    };
}

// Policies, where to find CRL and issuer, key identifiers.
inline Defects pointerDefects() {
    return {
        {"policies", Kind::Smime, [](F& f) { f.policies.clear(); }, {}},
        {"policies", Kind::Smime, [](F& f) { f.policies = {"2.23.140.1.5.1.3"}; }, {}},
        {"policies", Kind::IssuingCa, [](F& f) { f.policies = {"2.5.29.32.0"}; }, {}},
        {"policy-qualifiers", Kind::Smime, [](F& f) { f.cpsUrl = "ftp://example.org/cps"; }, {}},
        {"policy-of-issuer", Kind::Smime, [](F& f) { f.policies = {"1.2.3.4"}; }, {}},
        {"crl-distribution-point", Kind::Smime, [](F& f) { f.crlUrls.clear(); }, {}},
        {"crl-distribution-point",
         Kind::Smime,
         [](F& f) { f.crlUrls = {"https://pki.example.org/crl/smime-1/1.crl"}; },
         {}},
        {"crl-distribution-point",
         Kind::Smime,
         [](F& f) { f.crlUrls = {"http://pki.example.org/crl/smime-1/2.crl"}; },
         {}},
        {"crl-distribution-point", Kind::Smime, [](F& f) { f.crlUrls.emplace_back("http://example.org/2.crl"); }, {}},
        {"authority-info-access", Kind::Smime, [](F& f) { f.caIssuersUrls.clear(); }, {}},
        {"authority-info-access",
         Kind::Smime,
         [](F& f) { f.caIssuersUrls = {"https://example.org/i.cer"}; },
         {},
         "\"https://example.org/i.cer\" is not plain http"},
        {"authority-key-id", Kind::Smime, [](F& f) { f.authorityKeyId.clear(); }, {}},
        {"authority-key-id", Kind::Smime, [](F& f) { f.authorityKeyId = Bytes(20, 7); }, {}},
        {"subject-key-id",
         Kind::Smime,
         {},
         [](auto& tbs) { return test::withExtension(tbs, "551d0e", test::extension("551d0e", false, "0402aabb")); }},
        {"subject-key-id", Kind::Root, {}, [](auto& tbs) { return test::withExtension(tbs, "551d0e", {}); }},
    };
}

// An OCSP responder (F17).
inline Defects responderDefects() {
    const std::string noCheck = "2b0601050507300105";
    return {
        {"responder-key-usage", Kind::Responder, [](F& f) { f.keyUsage |= x509::kNonRepudiation; }, {}},
        {"responder-key-usage",
         Kind::Responder,
         {},
         [](auto& tbs) { return test::withCriticalityTurned(tbs, "551d0f"); },
         "keyUsage is not critical"},
        {"responder-purpose",
         Kind::Responder,
         [](F& f) { f.extendedKeyUsage.emplace_back(x509::oid::kEmailProtection); },
         {}},
        {"responder-no-check", Kind::Responder, [](F& f) { f.ocspNoCheck = false; }, {}, "is missing"},
        {"responder-no-check",
         Kind::Responder,
         {},
         [noCheck](auto& tbs) { return test::withExtension(tbs, noCheck, test::extension(noCheck, false, "3000")); },
         "holds 3000, not NULL"},
        {"never-critical",
         Kind::Responder,
         {},
         [noCheck](auto& tbs) { return test::withCriticalityTurned(tbs, noCheck); }},
        {"responder-life", Kind::Responder, [](F& f) { f.notAfter = f.notBefore + std::chrono::days{8}; }, {}},
        {"responder-subject", Kind::Responder, [](F& f) { f.subject = named("Example", ""); }, {}},
        {"extension-unknown", Kind::Responder, [](F& f) { f.crlUrls = {"http://pki.example.org/1.crl"}; }, {}},
        {"extension-unknown", Kind::Responder, [](F& f) { f.ocspUrls = {"http://pki.example.org/ocsp"}; }, {}},
        {"authority-key-id", Kind::Responder, [](F& f) { f.authorityKeyId = Bytes(20, 7); }, {}},
    };
}

// A unit of the timestamping service (E1-E5).
inline Defects unitDefects() {
    using std::chrono::days;
    return {
        {"unit-life", Kind::Unit, [](F& f) { f.notAfter = f.notBefore + days{365 * 11 + 100}; }, {}},
        {"unit-key-use", Kind::Unit, [](F& f) { f.privateKeyUsage.reset(); }, {}, "is missing"},
        {"unit-key-use", Kind::Unit, [](F& f) { f.privateKeyUsage->second = f.notBefore + days{458}; }, {}},
        {"unit-key-use", Kind::Unit, [](F& f) { f.privateKeyUsage->first = f.notBefore + seconds{1}; }, {}},
        {"unit-key-use", Kind::Unit, [](F& f) { f.notAfter = f.notBefore + days{300}; }, {}},
        {"unit-key-use",
         Kind::Unit,
         {},
         [](auto& tbs) { return test::withExtension(tbs, "551d10", test::extension("551d10", false, "3000")); },
         "has not both"},
        {"never-critical", Kind::Unit, {}, [](auto& tbs) { return test::withCriticalityTurned(tbs, "551d10"); }},
        {"timestamp-key-usage", Kind::Unit, [](F& f) { f.keyUsage |= x509::kNonRepudiation; }, {}},
        {"extended-key-usage-critical", Kind::Unit, [](F& f) { f.extendedKeyUsageCritical = false; }, {}},
        {"policies", Kind::Unit, [](F& f) { f.policies.clear(); }, {}},
        {"policy-of-issuer", Kind::Unit, [](F& f) { f.policies = {"1.2.3.4"}; }, {}},
        {"ca-subject", Kind::Unit, [](F& f) { f.subject = named("Example", "Unit"); }, {}, "2.5.4.6 0 times"},
        {"crl-distribution-point", Kind::Unit, [](F& f) { f.crlUrls.clear(); }, {}},
        {"authority-info-access", Kind::Unit, [](F& f) { f.caIssuersUrls.clear(); }, {}},
        {"basic-constraints", Kind::Unit, [](F& f) { f.ca = true; }, {}},
        {"rsa-size", Kind::Unit, [](F& f) { f.key = freshKey(crypto::KeyType::Rsa, 2048); }, {}},
    };
}

}  // namespace mailca::ca::lint
