// CRLs: standards F1-F5, D47, D50.
#include <algorithm>
#include <array>
#include <set>

#include "ca/lint/rules.h"
#include "ca/lint/times.h"

namespace mailca::ca::lint {
namespace {

using std::chrono::days;
using Found = std::optional<std::string>;

constexpr auto kMaxCrlDays = days{10};                       // D47
constexpr auto kMaxRootCrlMonths = std::chrono::months{12};  // D47

Found version(const InspectedCrl& it, const CrlContext&) {
    if (it.tbs.version == 1) return {};
    return it.tbs.version ? "the version is v" + std::to_string(*it.tbs.version + 1) + ", not v2"
                          : "there is no version";
}

Found signatureAlgorithm(const InspectedCrl& it, const CrlContext& context) {
    const crypto::KeyType issuer = context.issuer->publicKey().type();
    if (isSignatureAlgorithmOf(issuer, it.tbs.signature)) return {};
    return notOf(issuer, it.tbs.signature);
}

Found issuerName(const InspectedCrl& it, const CrlContext& context) {
    if (same(it.tbs.issuer, context.issuer->subjectDer())) return {};
    return "the issuer's name is not, byte for byte, the subject of the CA";
}

Found updates(const InspectedCrl& it, const CrlContext&) {
    if (!it.tbs.nextUpdate) return "nextUpdate is missing";
    for (const Element& time : {it.tbs.thisUpdate, *it.tbs.nextUpdate}) {
        if (!readTime(time)) return illFormedTime(time);
    }
    if (it.nextUpdate > it.thisUpdate) return {};
    return "nextUpdate (" + toRfc3339(it.nextUpdate) + ") does not lie after thisUpdate (" + toRfc3339(it.thisUpdate) +
           ")";
}

std::string later(const InspectedCrl& it, const std::string& most) {
    return "nextUpdate (" + toRfc3339(it.nextUpdate) + ") lies more than " + most + " after thisUpdate (" +
           toRfc3339(it.thisUpdate) + ")";
}

bool isRoots(const CrlContext& context) {
    return context.issuer->issuerDer() == context.issuer->subjectDer();
}

Found updateInterval(const InspectedCrl& it, const CrlContext& context) {
    if (!isRoots(context)) {
        if (it.nextUpdate - it.thisUpdate > kMaxCrlDays) return later(it, "10 days");
        return {};
    }
    const auto day = std::chrono::floor<days>(it.thisUpdate);
    const std::chrono::sys_days limit{std::chrono::year_month_day{day} + kMaxRootCrlMonths};
    if (it.nextUpdate > limit + (it.thisUpdate - day)) return later(it, "12 months");
    return {};
}

Found emptyList(const InspectedCrl& it, const CrlContext&) {
    if (it.tbs.hasRevokedList && it.tbs.revoked.empty()) return "revokedCertificates is there and empty";
    return {};
}

Found authorityKeyId(const InspectedCrl& it, const CrlContext& context) {
    const RawExtension* extension = it.tbs.extension(oid::kAuthorityKeyId);
    if (extension == nullptr) return "authorityKeyIdentifier is missing";
    if (extension->critical) return "authorityKeyIdentifier is critical";
    if (isKeyIdOnly(*extension, context.issuer->subjectKeyId())) return {};
    return "authorityKeyIdentifier (" + toHex(extension->value) + ") is not the CA's subjectKeyIdentifier (" +
           toHex(context.issuer->subjectKeyId()) + ") alone";
}

Found number(const InspectedCrl& it, const CrlContext&) {
    const RawExtension* extension = it.tbs.extension(oid::kCrlNumber);
    if (extension == nullptr) return "cRLNumber is missing";
    if (extension->critical) return "cRLNumber is critical";
    const auto value = readOne(extension->value, tag::kInteger);
    if (!value || !isMinimalInteger(value->content) || value->content.size() > 20 ||
        (value->content.front() & 0x80U) != 0) {
        return "cRLNumber (" + toHex(extension->value) + ") is not a number of at most 20 octets";
    }
    return {};
}

Found distributionPoint(const InspectedCrl& it, const CrlContext& context) {
    const RawExtension* extension = it.tbs.extension(oid::kIssuingDistributionPoint);
    if (context.distributionPoint.empty()) {
        if (extension == nullptr) return {};
        return "a CRL for everything has an issuingDistributionPoint (" + toHex(extension->value) + ")";
    }
    if (auto found = unlessCritical(extension, "issuingDistributionPoint")) return found;
    const auto point = readOne(extension->value, tag::kSequence);
    const auto name = point ? readOne(point->content, tag::constructed(0)) : std::nullopt;
    const auto fullName = name ? readOne(name->content, tag::constructed(0)) : std::nullopt;
    const auto uri = fullName ? readOne(fullName->content, tag::primitive(6)) : std::nullopt;
    if (uri && asText(uri->content) == context.distributionPoint) return {};
    return "issuingDistributionPoint (" + toHex(extension->value) + ") is not the shard's URL alone, " +
           quoted(context.distributionPoint);
}

Found extensionUnknown(const InspectedCrl& it, const CrlContext&) {
    std::set<std::string> seen;
    for (const RawExtension& extension : it.tbs.extensions) {
        if (!isOneOf(extension.oid, {oid::kAuthorityKeyId, oid::kCrlNumber, oid::kIssuingDistributionPoint})) {
            return "the extension " + extension.oid + " has no place in a CRL";
        }
        if (!seen.insert(extension.oid).second) return "the extension " + extension.oid + " stands there twice";
    }
    return {};
}

// Content octets of positive numbers.
bool isAbove(ByteView a, ByteView b) {
    if (a.size() != b.size()) return a.size() > b.size();
    return std::ranges::lexicographical_compare(b, a);
}

// RFC 5280 wants no order. Ours ascend, so that a number that stands there twice is seen among a million.
Found entries(const InspectedCrl& it, const CrlContext&) {
    ByteView last;
    for (const RevokedCertificate& entry : it.tbs.revoked) {
        if (entry.serial.empty() || (entry.serial.front() & 0x80U) != 0 || same(entry.serial, Bytes{0})) {
            return "an entry's serial number (" + toHex(entry.serial) + ") is not positive";
        }
        if (entry.serial.size() > 20) return "an entry's serial number (" + toHex(entry.serial) + ") is too long";
        if (!isAbove(entry.serial, last)) {
            return "the serial number " + toHex(entry.serial) + " stands there twice or behind a higher one";
        }
        if (!readTime(entry.at)) return toHex(entry.serial) + ": " + illFormedTime(entry.at);
        last = entry.serial;
    }
    return {};
}

Found entryReasons(const InspectedCrl& it, const CrlContext& context) {
    const bool ofCas = isRoots(context);
    for (const RevokedCertificate& entry : it.tbs.revoked) {
        if (ofCas && findExtension(entry.extensions, oid::kReasonCode) == nullptr) {
            return toHex(entry.serial) + ", a CA, has no reasonCode";
        }
        for (const RawExtension& extension : entry.extensions) {
            if (extension.oid == oid::kInvalidityDate && !extension.critical) continue;
            if (extension.oid != oid::kReasonCode || extension.critical)
                return toHex(entry.serial) + " has the extension " + extension.oid + ", which may not stand there so";
            const auto reason = readOne(extension.value, tag::kEnumerated);
            if (!reason || !isReasonCode(reason->content)) {
                return toHex(entry.serial) + " has the reasonCode " + toHex(extension.value) +
                       ", which may not stand there";
            }
        }
    }
    return {};
}

Found entryEncoding(const InspectedCrl& it, const CrlContext&) {
    for (const auto& entry : it.tbs.revoked) {
        if (!isMinimalInteger(entry.serial))
            return "the serial number " + toHex(entry.serial) + " has an octet too many";
        std::set<std::string> seen;
        for (const RawExtension& extension : entry.extensions) {
            if (!seen.insert(extension.oid).second)
                return toHex(entry.serial) + " has the extension " + extension.oid + " twice";
        }
    }
    return {};
}

Found invalidityDate(const InspectedCrl& it, const CrlContext&) {
    for (const auto& entry : it.tbs.revoked) {
        const RawExtension* extension = findExtension(entry.extensions, oid::kInvalidityDate);
        const auto time = extension == nullptr ? std::nullopt : readOne(extension->value, tag::kGeneralizedTime);
        if (extension != nullptr && !(time && readGeneralizedTime(*time)))
            return toHex(entry.serial) + " has the invalidityDate " + toHex(extension->value) +
                   ", which is no GeneralizedTime in Zulu with seconds";
    }
    return {};
}

constexpr std::array kRules{
    CrlRule{"crl-version", "F1", version},
    CrlRule{"crl-signature-algorithm", "F1, D11", signatureAlgorithm},
    CrlRule{"crl-issuer-name", "F1", issuerName},
    CrlRule{"crl-updates", "F1", updates},
    CrlRule{"crl-update-interval", "D47", updateInterval},
    CrlRule{"crl-empty-list", "F2", emptyList},
    CrlRule{"crl-authority-key-id", "F3", authorityKeyId},
    CrlRule{"crl-number", "F3", number},
    CrlRule{"crl-distribution-point", "F4", distributionPoint},
    CrlRule{"crl-extension-unknown", "RFC 5280 5.2", extensionUnknown},
    CrlRule{"crl-entries", "F5", entries},
    CrlRule{"crl-entry-reasons", "F5, D50", entryReasons},
    CrlRule{"crl-entry-encoding", "X.690 8.3.2, RFC 5280 4.2", entryEncoding},
    CrlRule{"crl-invalidity-date", "F5, RFC 5280 5.3.2", invalidityDate},
};

}  // namespace

bool isReasonCode(ByteView content) {
    constexpr std::string_view kGood{"\x01\x02\x03\x04\x05\x09\x0A"};
    return content.size() == 1 && kGood.find(static_cast<char>(content.front())) != std::string_view::npos;
}

std::vector<CrlRule> crlRules() {
    return {kRules.begin(), kRules.end()};
}

}  // namespace mailca::ca::lint
