#include "ca/lint/lint.h"

#include <algorithm>

#include "ca/hierarchy.h"
#include "ca/lint/rules.h"
#include "ca/lint/times.h"
#include "core/x509/builder.h"

namespace mailca::ca::lint {
namespace {

// SEQUENCE { INTEGER 1, INTEGER 1 }: shaped like an ECDSA-Sig-Value, and nobody's signature (D38: a fixed value).
const Bytes kDummySignature{0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01};

Result<std::vector<Element>> outerParts(ByteView der) {
    auto parts = readInside(der, tag::kSequence);
    if (!parts || parts->size() != 3) return fail(ErrorKind::Lint, "the assembled bytes are no signed structure");
    return std::move(*parts);
}

}  // namespace

bool CertificateContext::isTimestamp() const {
    return hierarchyNamed(hierarchy).isTimestamp();
}

crypto::PublicKey CertificateContext::issuerKey(const x509::Certificate& own) const {
    return issuer == nullptr ? own.publicKey() : issuer->publicKey();
}

bool isOneOf(std::string_view oid, std::initializer_list<std::string_view> oids) {
    return std::find(oids.begin(), oids.end(), oid) != oids.end();
}

std::string quoted(std::string_view text) {
    return '"' + std::string(text) + '"';
}

std::string notOf(crypto::KeyType issuer, ByteView algorithm) {
    return "the signature algorithm " + toHex(algorithm) + " does not belong to the issuer's key (" +
           std::string(nameOf(issuer)) + ")";
}

std::string illFormedTime(const Element& time) {
    const char* type = time.tag == tag::kGeneralizedTime ? "GeneralizedTime " : "UTCTime ";
    return "a time is the " + (type + quoted(asText(time.content))) +
           "; it takes a moment, as UTCTime through 2049, as GeneralizedTime from 2050, in Zulu with seconds";
}

std::optional<std::string> unlessCritical(const RawExtension* extension, const std::string& name) {
    if (extension == nullptr) return name + " is missing";
    if (!extension->critical) return name + " is not critical";
    return {};
}

Result<void> judge(const std::vector<Finding>& findings) {
    if (findings.empty()) return {};
    std::string text = "refused before signing:";
    for (const Finding& finding : findings) {
        text += " " + finding.rule + " (" + finding.citation + "): " + finding.detail + ";";
    }
    text.pop_back();
    return fail(ErrorKind::Lint, std::move(text));
}

const std::vector<Rule>& certificateRules() {
    static const std::vector<Rule> all = [] {
        std::vector<Rule> out;
        for (const auto rules : {frameRules(), nameRules(), keyRules(), usageRules(), pointerRules(), responderRules(),
                                 unitRules(), encodingRules()}) {
            out.insert(out.end(), rules.begin(), rules.end());
        }
        return out;
    }();
    return all;
}

Result<std::vector<Finding>> lintCertificate(ByteView tbs, crypto::SignatureAlgorithm algorithm,
                                             const CertificateContext& context, const crypto::PublicKey* key) {
    TRY(TbsCertificate parsed, TbsCertificate::parse(tbs));
    TRY(const Bytes der, x509::assemble(tbs, algorithm, kDummySignature));
    const auto certificate = key == nullptr ? x509::Certificate::fromDer(der) : x509::Certificate::fromDer(der, *key);
    if (!certificate) return fail(ErrorKind::Lint, "the certificate cannot be parsed: " + certificate.error().detail);
    const Inspected inspected{*certificate, std::move(parsed)};
    std::vector<Finding> findings;
    for (const Rule& rule : certificateRules()) {
        if ((rule.kinds & static_cast<unsigned>(context.kind)) == 0) continue;
        if (auto detail = rule.find(inspected, context)) {
            findings.push_back({std::string(rule.id), std::string(rule.citation), std::move(*detail)});
        }
    }
    // RFC 5280 section 4.1.1.2: the algorithm outside is the one inside.
    TRY(const auto outer, outerParts(der));
    if (!same(outer[1].whole, inspected.tbs.signature)) {
        findings.push_back(
            {"outer-algorithm", "RFC 5280 4.1.1.2", "the algorithm outside differs from the one inside"});
    }
    return findings;
}

Result<std::vector<Finding>> lintCrl(ByteView tbs, crypto::SignatureAlgorithm algorithm, const CrlContext& context) {
    TRY(const TbsCrl parsed, TbsCrl::parse(tbs));
    const Time thisUpdate = readTime(parsed.thisUpdate).value_or(Time{});
    const Time nextUpdate = parsed.nextUpdate ? readTime(*parsed.nextUpdate).value_or(thisUpdate) : thisUpdate;
    const InspectedCrl inspected{parsed, thisUpdate, nextUpdate};
    std::vector<Finding> findings;
    for (const CrlRule& rule : crlRules()) {
        if (auto detail = rule.find(inspected, context)) {
            findings.push_back({std::string(rule.id), std::string(rule.citation), std::move(*detail)});
        }
    }
    if (!same(x509::encodeAlgorithm(algorithm), inspected.tbs.signature)) {
        findings.push_back({"outer-algorithm", "F1", "the algorithm outside differs from the one inside"});
    }
    return findings;
}

Result<std::vector<Finding>> lintOcsp(ByteView responseData, const OcspContext& context) {
    TRY(const ResponseData parsed, ResponseData::parse(responseData));
    std::vector<Finding> findings;
    for (const OcspRule& rule : ocspRules()) {
        if (auto detail = rule.find(parsed, context)) {
            findings.push_back({std::string(rule.id), std::string(rule.citation), std::move(*detail)});
        }
    }
    return findings;
}

}  // namespace mailca::ca::lint
