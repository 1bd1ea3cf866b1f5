// The frame of a certificate: version, serial, algorithms, validity, the extensions as a whole.
#include <array>
#include <set>

#include "ca/lint/rules.h"
#include "ca/lint/times.h"

namespace mailca::ca::lint {
namespace {

using std::chrono::days;
using Found = std::optional<std::string>;

constexpr auto kMaxSubscriberDays = days{825};  // D24

Found version(const Inspected& it, const CertificateContext&) {
    if (it.tbs.version == 2) return {};
    return it.tbs.version ? "the version is v" + std::to_string(*it.tbs.version + 1) + ", not v3"
                          : "there is no version";
}

Found serial(const Inspected& it, const CertificateContext&) {
    const ByteView serial = it.tbs.serial;
    if (serial.empty() || (serial.front() & 0x80U) != 0) return "the serial number is not positive";
    if (serial.size() > 20) return "the serial number has " + std::to_string(serial.size()) + " octets, more than 20";
    // 64 random bits do not fit into fewer; the first octet may be the zero that keeps the sign.
    if (serial.size() < 8) return "the serial number " + toHex(serial) + " is too short to hold 64 random bits";
    return {};
}

Found signatureAlgorithm(const Inspected& it, const CertificateContext& context) {
    const crypto::KeyType issuer = context.issuerKey(it.certificate).type();
    if (isSignatureAlgorithmOf(issuer, it.tbs.signature)) return {};
    return notOf(issuer, it.tbs.signature);
}

Found timeEncoding(const Inspected& it, const CertificateContext&) {
    for (const Element& time : {it.tbs.notBefore, it.tbs.notAfter}) {
        if (!readTime(time)) return illFormedTime(time);
    }
    return {};
}

Found validityOrder(const Inspected& it, const CertificateContext&) {
    if (it.certificate.notBefore() < it.certificate.notAfter()) return {};
    return "notAfter (" + toRfc3339(it.certificate.notAfter()) + ") does not lie after notBefore (" +
           toRfc3339(it.certificate.notBefore()) + ")";
}

Found validityLength(const Inspected& it, const CertificateContext&) {
    // notAfter is the last good second.
    const seconds length = it.certificate.notAfter() - it.certificate.notBefore() + seconds{1};
    if (length < kMaxSubscriberDays) return {};
    return "valid for " + std::to_string(std::chrono::ceil<days>(length).count()) + " days, not below 825";
}

Found timestampCaLength(const Inspected& it, const CertificateContext& context) {
    if (!context.isTimestamp()) return {};
    const std::chrono::year_month_day start{std::chrono::floor<days>(it.certificate.notBefore())};
    if (it.certificate.notAfter() < std::chrono::sys_days{start + std::chrono::months{72}} + days{1}) return {};
    return "an issuing CA for timestamping is valid until " + toRfc3339(it.certificate.notAfter()) +
           ", more than 72 months";
}

Found issuerIsCa(const Inspected&, const CertificateContext& context) {
    if (context.issuer == nullptr) return {};
    const bool signs = (context.issuer->keyUsage().value_or(0) & x509::kKeyCertSign) != 0;
    if (context.issuer->isCa() && signs) return {};
    return "the issuer's certificate is not that of a CA: basicConstraints or keyCertSign is missing";
}

Found outlivesIssuer(const Inspected& it, const CertificateContext& context) {
    if (context.issuer == nullptr || it.certificate.notAfter() <= context.issuer->notAfter()) return {};
    return "it outlives its issuer, which ends at " + toRfc3339(context.issuer->notAfter()) + "; renew the issuing CA";
}

Found uniqueIds(const Inspected& it, const CertificateContext&) {
    if (!it.tbs.hasUniqueIds) return {};
    return "unique identifiers are present";
}

Found extensionTwice(const Inspected& it, const CertificateContext&) {
    std::set<std::string> seen;
    for (const RawExtension& extension : it.tbs.extensions) {
        if (!seen.insert(extension.oid).second) return "the extension " + extension.oid + " stands there twice";
    }
    return {};
}

Found extensionUnknown(const Inspected& it, const CertificateContext& context) {
    for (const RawExtension& extension : it.tbs.extensions) {
        const std::string& id = extension.oid;
        bool known = isOneOf(id, {oid::kSubjectKeyId, oid::kKeyUsage});
        if (context.kind == CertificateKind::OcspResponder) {  // F17: neither a CRL nor a responder speaks of it
            known = known || isOneOf(id, {oid::kAuthorityKeyId, oid::kExtendedKeyUsage, oid::kOcspNoCheck});
        } else {
            known = known || id == oid::kBasicConstraints;
        }
        if (context.kind != CertificateKind::Root && context.kind != CertificateKind::OcspResponder) {
            known = known || isOneOf(id, {oid::kAuthorityKeyId, oid::kExtendedKeyUsage, oid::kPolicies,
                                          oid::kCrlDistributionPoints, oid::kAuthorityInfoAccess});
        }
        if (context.kind == CertificateKind::Subscriber) {
            known = known || isOneOf(id, {oid::kSubjectAltName, oid::kSmimeCapabilities});
        }
        if (context.kind == CertificateKind::TimestampUnit) known = known || id == oid::kPrivateKeyUsage;
        if (!known) return "the extension " + id + " has no place in this certificate";
    }
    return {};
}

Found neverCritical(const Inspected& it, const CertificateContext&) {
    for (const RawExtension& extension : it.tbs.extensions) {
        const bool must = isOneOf(extension.oid, {oid::kSubjectKeyId, oid::kAuthorityKeyId, oid::kPolicies,
                                                  oid::kCrlDistributionPoints, oid::kAuthorityInfoAccess,
                                                  oid::kSmimeCapabilities, oid::kOcspNoCheck, oid::kPrivateKeyUsage});
        if (must && extension.critical) return "the extension " + extension.oid + " is critical";
    }
    return {};
}

constexpr std::array kRules{
    Rule{"version", "D26", kAllKinds, version},
    Rule{"serial", "D25", kAllKinds, serial},
    Rule{"signature-algorithm", "D11, D15", kAllKinds, signatureAlgorithm},
    Rule{"time-encoding", "RFC 5280 4.1.2.5", kAllKinds, timeEncoding},
    Rule{"validity-order", "RFC 5280 4.1.2.5", kAllKinds, validityOrder},
    Rule{"validity-length", "D24", kSubscribers, validityLength},
    Rule{"timestamp-ca-length", "E4", kIssuingCas, timestampCaLength},
    Rule{"issuer-is-ca", "RFC 5280 6.1.4 (k), (n)", kAllKinds, issuerIsCa},
    Rule{"outlives-issuer", "RFC 5280 6.1.3 (a)(2)", kAllKinds, outlivesIssuer},
    Rule{"unique-ids", "RFC 5280 4.1.2.8", kAllKinds, uniqueIds},
    Rule{"extension-twice", "RFC 5280 4.2", kAllKinds, extensionTwice},
    Rule{"extension-unknown", "D23, D27, F17", kAllKinds, extensionUnknown},
    Rule{"never-critical", "D16-D18, D22, D28, RFC 6960 4.2.2.2.1", kAllKinds, neverCritical},
};

}  // namespace

std::span<const Rule> frameRules() {
    return kRules;
}

}  // namespace mailca::ca::lint
