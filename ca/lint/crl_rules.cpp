// CRLs: standards F1-F5, D47, D50.
#include <array>
#include <set>

#include "ca/lint/rules.h"

namespace mailca::ca::lint {
namespace {

using std::chrono::days;
using Found = std::optional<std::string>;

constexpr auto kMaxShardDays = days{10};                     // D47
constexpr auto kMaxRootCrlMonths = std::chrono::months{12};  // D47

Found version(const InspectedCrl& it, const CrlContext&) {
    if (it.tbs.version == 1) return {};
    return "the version is not v2";
}

Found signatureAlgorithm(const InspectedCrl& it, const CrlContext& context) {
    if (isSignatureAlgorithmOf(context.issuer->publicKey().type(), it.tbs.signature)) return {};
    return "the signature algorithm is none of those that belong to the issuer's key";
}

Found issuerName(const InspectedCrl& it, const CrlContext& context) {
    if (same(it.tbs.issuer, context.issuer->subjectDer())) return {};
    return "the issuer's name is not, byte for byte, the subject of the CA";
}

Found updates(const InspectedCrl& it, const CrlContext&) {
    if (!it.tbs.nextUpdate) return "nextUpdate is missing";
    if (!isWellFormedTime(it.tbs.thisUpdate) || !isWellFormedTime(*it.tbs.nextUpdate)) return "a time is ill-formed";
    if (it.nextUpdate <= it.thisUpdate) return "nextUpdate does not lie after thisUpdate";
    return {};
}

Found updateInterval(const InspectedCrl& it, const CrlContext& context) {
    if (!context.distributionPoint.empty()) {
        if (it.nextUpdate - it.thisUpdate > kMaxShardDays) return "nextUpdate lies more than 10 days on";
        return {};
    }
    const auto day = std::chrono::floor<days>(it.thisUpdate);
    const std::chrono::sys_days limit{std::chrono::year_month_day{day} + kMaxRootCrlMonths};
    if (it.nextUpdate > limit + (it.thisUpdate - day)) return "nextUpdate lies more than 12 months on";
    return {};
}

Found emptyList(const InspectedCrl& it, const CrlContext&) {
    if (it.tbs.hasRevokedList && it.tbs.revoked.empty()) return "revokedCertificates is there and empty";
    return {};
}

Found authorityKeyId(const InspectedCrl& it, const CrlContext& context) {
    const RawExtension* extension = it.tbs.extension(oid::kAuthorityKeyId);
    if (extension != nullptr && !extension->critical && isKeyIdOnly(*extension, context.issuer->subjectKeyId()))
        return {};
    return "authorityKeyIdentifier is not the CA's subjectKeyIdentifier alone";
}

Found number(const InspectedCrl& it, const CrlContext&) {
    const RawExtension* extension = it.tbs.extension(oid::kCrlNumber);
    if (extension == nullptr || extension->critical) return "cRLNumber is missing or critical";
    const auto value = readOne(extension->value, tag::kInteger);
    if (!value || value->content.empty() || value->content.size() > 20 || (value->content.front() & 0x80U) != 0) {
        return "cRLNumber is not a number of at most 20 octets";
    }
    return {};
}

Found distributionPoint(const InspectedCrl& it, const CrlContext& context) {
    const RawExtension* extension = it.tbs.extension(oid::kIssuingDistributionPoint);
    if (context.distributionPoint.empty()) {
        if (extension == nullptr) return {};
        return "a CRL for everything says that it is scoped";
    }
    if (extension == nullptr || !extension->critical) return "issuingDistributionPoint is missing or not critical";
    const auto point = readOne(extension->value, tag::kSequence);
    const auto name = point ? readOne(point->content, tag::constructed(0)) : std::nullopt;
    const auto fullName = name ? readOne(name->content, tag::constructed(0)) : std::nullopt;
    const auto uri = fullName ? readOne(fullName->content, tag::primitive(6)) : std::nullopt;
    if (uri && asText(uri->content) == context.distributionPoint) return {};
    return "issuingDistributionPoint is not the shard's URL alone";
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

Found entries(const InspectedCrl& it, const CrlContext&) {
    std::set<Bytes> seen;
    for (const TbsCrl::Entry& entry : it.tbs.revoked) {
        if (entry.serial.empty() || (entry.serial.front() & 0x80U) != 0 || same(entry.serial, Bytes{0})) {
            return "an entry's serial number is not positive";
        }
        if (!seen.emplace(entry.serial.begin(), entry.serial.end()).second) return "a serial number stands there twice";
        if (!isWellFormedTime(entry.at)) return "an entry's revocationDate is ill-formed";
    }
    return {};
}

Found entryReasons(const InspectedCrl& it, const CrlContext&) {
    for (const TbsCrl::Entry& entry : it.tbs.revoked) {
        for (const RawExtension& extension : entry.extensions) {
            if (extension.oid == oid::kInvalidityDate && !extension.critical) continue;
            if (extension.oid != oid::kReasonCode || extension.critical)
                return "an entry has an extension it may not have";
            const auto reason = readOne(extension.value, tag::kEnumerated);
            // unspecified(0), certificateHold(6), 7 and removeFromCRL(8) never stand there (D50, F5).
            constexpr std::string_view kGood{"\x01\x02\x03\x04\x05\x09\x0A"};
            if (!reason || reason->content.size() != 1 ||
                kGood.find(static_cast<char>(reason->content.front())) == std::string_view::npos) {
                return "an entry's reasonCode may not stand there";
            }
        }
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
};

}  // namespace

std::vector<CrlRule> crlRules() {
    return {kRules.begin(), kRules.end()};
}

}  // namespace mailca::ca::lint
