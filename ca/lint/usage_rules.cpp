// What the key may be used for: basicConstraints, keyUsage, extKeyUsage, certificatePolicies.
#include <algorithm>
#include <array>

#include "ca/hierarchy.h"
#include "ca/lint/rules.h"
#include "ca/profile_reader.h"

namespace mailca::ca::lint {
namespace {

using crypto::KeyType;
using Found = std::optional<std::string>;

Found subscriberConstraints(const Inspected& it, const CertificateContext&) {
    const RawExtension* extension = it.tbs.extension(oid::kBasicConstraints);
    // cA is FALSE by default and not written then: what is left is an empty SEQUENCE.
    if (extension == nullptr || same(extension->value, Bytes{0x30, 0x00})) return {};
    return "basicConstraints (" + toHex(extension->value) + ") says more than cA FALSE";
}

Found caConstraints(const Inspected& it, const CertificateContext& context) {
    const RawExtension* extension = it.tbs.extension(oid::kBasicConstraints);
    if (auto found = unlessCritical(extension, "basicConstraints")) return found;
    const bool root = context.kind == CertificateKind::Root;
    const Bytes expected =
        root ? Bytes{0x30, 0x03, 0x01, 0x01, 0xFF} : Bytes{0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x00};
    if (same(extension->value, expected)) return {};
    return "basicConstraints (" + toHex(extension->value) + ") is not cA TRUE " +
           (root ? "without a path length" : "with the path length 0");
}

// The bits by the names of RFC 5280 section 4.2.1.3.
std::string bitsOf(unsigned usage) {
    constexpr std::array<std::string_view, 9> kNames{"digitalSignature", "nonRepudiation", "keyEncipherment",
                                                     "dataEncipherment", "keyAgreement",   "keyCertSign",
                                                     "cRLSign",          "encipherOnly",   "decipherOnly"};
    std::string out;
    for (std::size_t bit = 0; bit < kNames.size(); ++bit) {
        if ((usage >> bit & 1U) != 0) out += (out.empty() ? "" : " and ") + std::string(kNames[bit]);
    }
    return out.empty() ? "empty" : out;
}

// The rows of D20, for the strict generation, and of I11.
bool isSubscriberUsage(unsigned usage, KeyType key) {
    const bool signs = (usage & x509::kDigitalSignature) != 0;
    unsigned rest = usage & ~static_cast<unsigned>(x509::kDigitalSignature);
    if (signs) rest &= ~static_cast<unsigned>(x509::kNonRepudiation);
    switch (key) {
        case KeyType::Rsa:
            return rest == x509::kKeyEncipherment || (signs && rest == 0);
        case KeyType::P256:
        case KeyType::P384:
        case KeyType::P521: {
            constexpr unsigned kAgree = x509::kKeyAgreement;
            return (signs && rest == 0) || rest == kAgree || rest == (kAgree | x509::kEncipherOnly) ||
                   rest == (kAgree | x509::kDecipherOnly);
        }
        case KeyType::Ed25519:
            return signs && rest == 0;
        case KeyType::Sm2:
            return usage == (x509::kDigitalSignature | x509::kNonRepudiation) ||
                   usage == (x509::kKeyEncipherment | x509::kDataEncipherment | x509::kKeyAgreement);
        case KeyType::Other:
            return false;
    }
    return false;
}

Found keyUsage(const Inspected& it, const CertificateContext& context) {
    const RawExtension* extension = it.tbs.extension(oid::kKeyUsage);
    if (auto found = unlessCritical(extension, "keyUsage")) return found;
    const unsigned usage = it.certificate.keyUsage().value_or(0);
    const KeyType key = it.certificate.publicKey().type();
    if (isSubscriberUsage(usage, key) || context.isTimestamp()) return {};
    return "keyUsage is " + bitsOf(usage) + ", which is not for a key of the type " + std::string(nameOf(key));
}

Found timestampKeyUsage(const Inspected& it, const CertificateContext& context) {
    const unsigned usage = it.certificate.keyUsage().value_or(0);
    if (!context.isTimestamp() || usage == x509::kDigitalSignature) return {};
    return "keyUsage for timestamping is " + bitsOf(usage) + ", not digitalSignature alone";
}

Found caKeyUsage(const Inspected& it, const CertificateContext&) {
    const RawExtension* extension = it.tbs.extension(oid::kKeyUsage);
    if (auto found = unlessCritical(extension, "keyUsage")) return found;
    const unsigned usage = it.certificate.keyUsage().value_or(0);
    if (usage == (x509::kKeyCertSign | x509::kCrlSign)) return {};
    return "keyUsage of a CA is " + bitsOf(usage) + ", not keyCertSign and cRLSign";
}

Found extendedKeyUsage(const Inspected& it, const CertificateContext& context) {
    const auto usages = hierarchyNamed(context.hierarchy).usages;
    const std::vector<std::string> found = it.certificate.extendedKeyUsage();
    const bool ca = context.kind == CertificateKind::IssuingCa;
    const bool good = std::ranges::all_of(found, [&](const std::string& usage) {
        return std::ranges::find(usages, usage) != usages.end() && std::ranges::count(found, usage) == 1;
    });
    if (good && std::ranges::find(found, usages.front()) != found.end() && (!ca || found.size() == usages.size())) {
        return {};
    }
    std::string listed, wanted;
    for (const std::string& purpose : found) listed += " " + purpose;
    for (const std::string_view purpose : usages)
        wanted += (wanted.empty() ? "" : ca ? " and " : " perhaps with ") + std::string(purpose);
    return "extKeyUsage is" + (found.empty() ? " missing or empty" : listed) + ", not " + wanted + " alone";
}

Found extendedKeyUsageCritical(const Inspected& it, const CertificateContext& context) {
    const RawExtension* extension = it.tbs.extension(oid::kExtendedKeyUsage);
    const bool must = context.isTimestamp() && context.kind != CertificateKind::IssuingCa;
    if (extension == nullptr || extension->critical == must) return {};
    return must ? "extKeyUsage for timestamping is not critical" : "extKeyUsage is critical";
}

Found policies(const Inspected& it, const CertificateContext&) {
    const std::vector<std::string> found = it.certificate.policies();
    if (found.empty()) return "certificatePolicies is missing";
    for (const std::string& policy : found) {
        if (isReservedPolicy(policy)) return "the policy " + policy + " must not be asserted";
        if (std::count(found.begin(), found.end(), policy) > 1) return "the policy " + policy + " stands there twice";
    }
    return {};
}

Found policyQualifiers(const Inspected& it, const CertificateContext&) {
    const RawExtension* extension = it.tbs.extension(oid::kPolicies);
    if (extension == nullptr) return {};
    for (const Element& policy : readInside(extension->value, tag::kSequence).value_or(std::vector<Element>{})) {
        const auto parts = readElements(policy.content);
        if (!parts || parts->empty() || parts->size() > 2) return "certificatePolicies cannot be read";
        if (parts->size() == 1) continue;
        for (const Element& qualifier : readElements(parts->back().content).value_or(std::vector<Element>{})) {
            const auto inner = readElements(qualifier.content);
            const bool cps = inner && inner->size() == 2 && oidText(inner->front().content) == oid::kCpsQualifier;
            const std::string_view url = cps ? asText(inner->back().content) : std::string_view{};
            if (!url.starts_with("http://") && !url.starts_with("https://"))
                return "a policy's qualifier (" + toHex(qualifier.whole) + ") is not a cPSuri over http(s)";
        }
    }
    return {};
}

Found policyOfIssuer(const Inspected& it, const CertificateContext& context) {
    const std::vector<std::string> allowed = context.issuer->policies();
    for (const std::string& policy : it.certificate.policies()) {
        if (std::find(allowed.begin(), allowed.end(), policy) == allowed.end()) {
            return "the policy " + policy +
                   " is not among those of the issuing CA; give the ceremony the policies of the "
                   "profiles";
        }
    }
    return {};
}

constexpr std::array kRules{
    Rule{"basic-constraints", "D19", kSubscribers | kUnits, subscriberConstraints},
    Rule{"ca-constraints", "D27, D28", kCas, caConstraints},
    Rule{"key-usage", "D20, I11", kSubscribers, keyUsage},
    Rule{"timestamp-key-usage", "E2", kSubscribers | kUnits, timestampKeyUsage},
    Rule{"ca-key-usage", "D27, D28", kCas, caKeyUsage},
    Rule{"extended-key-usage", "D21, D29, E1", kSubscribers | kIssuingCas | kUnits, extendedKeyUsage},
    Rule{"extended-key-usage-critical", "E1", kSubscribers | kIssuingCas | kUnits, extendedKeyUsageCritical},
    Rule{"policies", "D16, D1, D28, E3", kSubscribers | kIssuingCas | kUnits, policies},
    Rule{"policy-qualifiers", "D16", kSubscribers | kIssuingCas | kUnits, policyQualifiers},
    Rule{"policy-of-issuer", "RFC 5280 6.1.3 (d)", kSubscribers | kUnits, policyOfIssuer},
};

}  // namespace

std::span<const Rule> usageRules() {
    return kRules;
}

}  // namespace mailca::ca::lint
