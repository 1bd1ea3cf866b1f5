// OCSP responses: standards F18-F21, D48, D50.
#include <array>

#include "ca/lint/rules.h"
#include "ca/lint/times.h"
#include "core/x509/builder.h"

namespace mailca::ca::lint {
namespace {

using Found = std::optional<std::string>;

constexpr auto kShortestLife = std::chrono::hours{8}, kLongestLife = std::chrono::hours{240};  // D48

std::string shown(const Element& time) {
    return quoted(asText(time.content));
}

Found version(const ResponseData& it, const OcspContext&) {
    if (it.hasVersion) return "the version is written out, but v1 is the default (X.690 section 11.5)";
    return {};
}

Found responderId(const ResponseData& it, const OcspContext& context) {
    const auto key =
        it.responderId.tag == tag::constructed(2) ? readOne(it.responderId.content, tag::kOctetString) : std::nullopt;
    if (key && same(key->content, context.responder->subjectKeyId())) return {};
    return "responderID (" + toHex(it.responderId.whole) + ") is not the SHA-1 of the responder's key";
}

Found responses(const ResponseData& it, const OcspContext&) {
    if (it.responses.empty()) return "there is no response";
    return {};
}

Found times(const ResponseData& it, const OcspContext&) {
    const auto wrong = [](const Element& time) {
        return "a time is " + shown(time) + ", not GeneralizedTime in Zulu with seconds and no fraction";
    };
    if (!readGeneralizedTime(it.producedAt)) return wrong(it.producedAt);
    for (const ResponseData::Single& one : it.responses) {
        if (!readGeneralizedTime(one.thisUpdate)) return wrong(one.thisUpdate);
        if (!one.nextUpdate) return "nextUpdate is missing";
        if (!readGeneralizedTime(*one.nextUpdate)) return wrong(*one.nextUpdate);
    }
    return {};
}

Found producedAt(const ResponseData& it, const OcspContext&) {
    const auto produced = readGeneralizedTime(it.producedAt);
    for (const ResponseData::Single& one : it.responses) {
        const auto since = readGeneralizedTime(one.thisUpdate);
        if (produced && since && *produced < *since) {
            return "producedAt (" + shown(it.producedAt) + ") lies before thisUpdate (" + shown(one.thisUpdate) + ")";
        }
    }
    return {};
}

Found interval(const ResponseData& it, const OcspContext&) {
    for (const ResponseData::Single& one : it.responses) {
        const auto since = readGeneralizedTime(one.thisUpdate);
        const auto until = one.nextUpdate ? readGeneralizedTime(*one.nextUpdate) : std::nullopt;
        if (since && until && (*until - *since < kShortestLife || *until - *since > kLongestLife)) {
            return "from thisUpdate (" + shown(one.thisUpdate) + ") to nextUpdate (" + shown(*one.nextUpdate) +
                   ") it is not 8 hours to 10 days";
        }
    }
    return {};
}

Found outlivesResponder(const ResponseData& it, const OcspContext& context) {
    for (const ResponseData::Single& one : it.responses) {
        const auto until = one.nextUpdate ? readGeneralizedTime(*one.nextUpdate) : std::nullopt;
        if (until && *until > context.responder->notAfter()) {
            return "nextUpdate (" + shown(*one.nextUpdate) + ") lies behind the end of the responder's certificate, " +
                   toRfc3339(context.responder->notAfter());
        }
    }
    return {};
}

// RevokedInfo ::= SEQUENCE { revocationTime GeneralizedTime, revocationReason [0] EXPLICIT CRLReason OPTIONAL }
Found revoked(const Element& status) {
    const auto parts = readElements(status.content);
    if (!parts || parts->empty() || parts->size() > 2 || !readGeneralizedTime(parts->front())) {
        return "the status revoked (" + toHex(status.whole) + ") has no time";
    }
    if (parts->size() == 1) return {};
    const auto reason =
        parts->back().tag == tag::constructed(0) ? readOne(parts->back().content, tag::kEnumerated) : std::nullopt;
    if (reason && isReasonCode(reason->content)) return {};
    return "the status revoked has the reason " + toHex(parts->back().content) + ", which may not stand there";
}

Found status(const ResponseData& it, const OcspContext&) {
    for (const ResponseData::Single& one : it.responses) {
        if (one.status.tag == tag::constructed(1)) {
            if (auto found = revoked(one.status)) return found;
            continue;
        }
        const bool empty = one.status.content.empty();
        if (empty && (one.status.tag == tag::primitive(0) || one.status.tag == tag::primitive(2))) continue;
        return "the status " + toHex(one.status.whole) + " is neither good, revoked nor unknown";
    }
    return {};
}

Found singleExtensions(const ResponseData& it, const OcspContext&) {
    for (const ResponseData::Single& one : it.responses) {
        if (one.hasExtensions) return "a single response has extensions";
    }
    return {};
}

Found extensions(const ResponseData& it, const OcspContext&) {
    if (it.extensions.size() > 1) return "the response has more extensions than a nonce";
    for (const RawExtension& extension : it.extensions) {
        if (extension.oid != oid::kOcspNonce || extension.critical) {
            return "the response has the extension " + extension.oid + ", which may not stand there so";
        }
        const auto nonce = readOne(extension.value, tag::kOctetString);
        if (!nonce || nonce->content.size() < 16 || nonce->content.size() > 32) {
            return "the nonce (" + toHex(extension.value) + ") is not an OCTET STRING of 16 to 32 octets";
        }
    }
    return {};
}

// D11, D15: what stands beside the ResponseData, as it will be encoded.
Found signatureAlgorithm(const ResponseData&, const OcspContext& context) {
    const crypto::KeyType key = context.responder->publicKey().type();
    const Bytes algorithm = x509::encodeAlgorithm(context.algorithm);
    if (isSignatureAlgorithmOf(key, algorithm)) return {};
    return notOf(key, algorithm);
}

// CertID ::= SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber }
bool isCertId(ByteView der) {
    constexpr std::string_view kSha1 = "1.3.14.3.2.26", kSha256 = "2.16.840.1.101.3.4.2.1";
    const auto parts = readInside(der, tag::kSequence);
    if (!parts || parts->size() != 4) return false;
    const auto algorithm = readInside((*parts)[0].whole, tag::kSequence);
    if (!algorithm || algorithm->empty() || algorithm->front().tag != tag::kOid) return false;
    const std::string hash = oidText(algorithm->front().content);
    const std::size_t length = hash == kSha1 ? 20 : hash == kSha256 ? 32 : 0;
    const auto isHash = [&](const Element& one) {
        return one.tag == tag::kOctetString && one.content.size() == length && length > 0;
    };
    return isHash((*parts)[1]) && isHash((*parts)[2]) && (*parts)[3].tag == tag::kInteger;
}

Found certIds(const ResponseData& it, const OcspContext&) {
    for (const ResponseData::Single& one : it.responses) {
        if (!isCertId(one.certId)) return "the CertID " + toHex(one.certId) + " is not one by SHA-1 or SHA-256";
    }
    return {};
}

constexpr std::array kRules{
    OcspRule{"ocsp-signature-algorithm", "D11, D15", signatureAlgorithm},
    OcspRule{"ocsp-cert-id", "F14, RFC 6960 4.1.1", certIds},
    OcspRule{"ocsp-version", "RFC 6960 4.2.1", version},
    OcspRule{"ocsp-responder-id", "F18", responderId},
    OcspRule{"ocsp-responses", "RFC 6960 4.2.1", responses},
    OcspRule{"ocsp-times", "F19", times},
    OcspRule{"ocsp-produced-at", "F19", producedAt},
    OcspRule{"ocsp-interval", "D48", interval},
    OcspRule{"ocsp-outlives-responder", "RFC 6960 4.2.2.2", outlivesResponder},
    OcspRule{"ocsp-status", "D50", status},
    OcspRule{"ocsp-single-extensions", "D50, F21", singleExtensions},
    OcspRule{"ocsp-extensions", "F20, F21", extensions},
};

}  // namespace

std::span<const OcspRule> ocspRules() {
    return kRules;
}

}  // namespace mailca::ca::lint
