// Where to find what belongs to it: CRL, issuer, and the identifiers of both keys.
#include <array>

#include "ca/lint/rules.h"
#include "core/x509/builder.h"

namespace mailca::ca::lint {
namespace {

using Found = std::optional<std::string>;

bool isHttp(std::string_view url) {
    return url.starts_with("http://");
}

// The URI of `DistributionPoint { [0] { [0] { [6] uri } } }` and nothing beside it.
std::optional<std::string_view> onlyUri(const Element& distributionPoint) {
    const auto name = readOne(distributionPoint.content, tag::constructed(0));
    const auto fullName = name ? readOne(name->content, tag::constructed(0)) : std::nullopt;
    const auto uri = fullName ? readOne(fullName->content, tag::primitive(6)) : std::nullopt;
    return uri ? std::optional(asText(uri->content)) : std::nullopt;
}

Found crlDistributionPoint(const Inspected& it, const CertificateContext& context) {
    const RawExtension* extension = it.tbs.extension(oid::kCrlDistributionPoints);
    if (extension == nullptr) return "cRLDistributionPoints is missing";
    const auto points = readInside(extension->value, tag::kSequence);
    if (!points) return "cRLDistributionPoints cannot be read";
    if (points->size() != 1) {
        return "cRLDistributionPoints holds " + std::to_string(points->size()) + " points, not one";
    }
    const auto uri = onlyUri(points->front());
    if (!uri) return "the distribution point is not one URI";
    if (!isHttp(*uri)) return "the distribution point is " + quoted(*uri) + ", not plain http";
    if (*uri == context.crlUrl) return {};
    return "the distribution point is " + quoted(*uri) + ", not this certificate's CRL shard, " +
           quoted(context.crlUrl);
}

Found authorityInfoAccess(const Inspected& it, const CertificateContext&) {
    const RawExtension* extension = it.tbs.extension(oid::kAuthorityInfoAccess);
    if (extension == nullptr) return "authorityInfoAccess is missing";
    bool issuers = false;
    for (const Element& access : readInside(extension->value, tag::kSequence).value_or(std::vector<Element>{})) {
        const auto parts = readElements(access.content);
        if (!parts || parts->size() != 2 || parts->back().tag != tag::primitive(6)) return "a location is not a URI";
        const std::string method = oidText(parts->front().content);
        if (!isOneOf(method, {oid::kCaIssuers, oid::kOcsp}))
            return "the access method " + method + " has no place there";
        const std::string_view location = asText(parts->back().content);
        if (!isHttp(location)) return "the location " + quoted(location) + " is not plain http";
        issuers = issuers || method == oid::kCaIssuers;
    }
    if (!issuers) return "caIssuers is missing";
    return {};
}

Found authorityKeyId(const Inspected& it, const CertificateContext& context) {
    const RawExtension* extension = it.tbs.extension(oid::kAuthorityKeyId);
    if (extension == nullptr) return "authorityKeyIdentifier is missing";
    if (isKeyIdOnly(*extension, context.issuer->subjectKeyId())) return {};
    return "authorityKeyIdentifier (" + toHex(extension->value) + ") is not the issuer's subjectKeyIdentifier (" +
           toHex(context.issuer->subjectKeyId()) + ") alone";
}

Found subjectKeyId(const Inspected& it, const CertificateContext&) {
    const RawExtension* extension = it.tbs.extension(oid::kSubjectKeyId);
    if (extension == nullptr) return "subjectKeyIdentifier is missing";
    const auto value = readOne(extension->value, tag::kOctetString);
    if (value && same(value->content, x509::keyIdentifier(it.certificate.publicKey()))) return {};
    return "subjectKeyIdentifier (" + toHex(extension->value) + ") is not derived from the key";
}

constexpr std::array kRules{
    Rule{"crl-distribution-point", "D17, F7, E3", kSubscribers | kIssuingCas | kUnits, crlDistributionPoint},
    Rule{"authority-info-access", "D18, E3", kSubscribers | kIssuingCas | kUnits, authorityInfoAccess},
    Rule{"authority-key-id", "D22", kSubscribers | kIssuingCas | kResponders | kUnits, authorityKeyId},
    Rule{"subject-key-id", "D22, D27", kAllKinds, subjectKeyId},
};

}  // namespace

bool isKeyIdOnly(const RawExtension& authorityKeyId, ByteView expected) {
    const auto inside = readInside(authorityKeyId.value, tag::kSequence);
    return inside && inside->size() == 1 && inside->front().tag == tag::primitive(0) && !expected.empty() &&
           same(inside->front().content, expected);
}

std::span<const Rule> pointerRules() {
    return kRules;
}

}  // namespace mailca::ca::lint
