#include "ca/ocsp/delegate.h"

#include <algorithm>

#include "ca/lint/lint.h"

namespace mailca::ca::ocsp {
namespace {

constexpr auto kLife = std::chrono::hours{72};
constexpr auto kAnswerLife = std::chrono::hours{24};  // (D48: 8 hours to 10 days)
constexpr auto kBackdate = std::chrono::hours{1};     // for clocks that run behind

// Country and organization are the CA's own, so that a log of names tells whose responder it was.
Result<x509::NameParts> subjectFor(const Issuer& issuer) {
    const auto parts = lint::readName(issuer.certificate.subjectDer());
    if (!parts) return fail(ErrorKind::Lint, "the subject of " + issuer.name + " cannot be read");
    x509::NameParts out;
    for (const lint::NamePart& part : *parts) {
        if (part.oid == lint::oid::kCountry) out.country = part.value;
        if (part.oid == lint::oid::kOrganization) out.organization = part.value;
    }
    out.commonName = "OCSP responder of " + issuer.name;
    if (out.commonName.size() > 64) out.commonName = "OCSP responder";
    return out;
}

}  // namespace

Result<LintedTbs> prepareDelegate(const Issuer& issuer, const crypto::PublicKey& key, Time now, Random& random) {
    TRY(const x509::NameParts subject, subjectFor(issuer));
    const x509::CertificateFields fields{
        .serial = Serial::random(random),
        .signature = issuer.algorithm(),
        .issuer = issuer.certificate.subjectDer(),
        .subject = subject,
        .notBefore = std::max(now - kBackdate, issuer.certificate.notBefore()),
        .notAfter = std::min(now + kLife, issuer.certificate.notAfter()),
        .key = key,
        .keyUsage = x509::kDigitalSignature,
        .extendedKeyUsage = {std::string(lint::oid::kOcspSigning)},
        .authorityKeyId = issuer.certificate.subjectKeyId(),
        .ocspNoCheck = true,
    };
    return LintedTbs::build(
        fields, {lint::CertificateKind::OcspResponder, issuer.hierarchy, &issuer.certificate, std::nullopt, ""});
}

Result<SignedResponse> signResponse(const Delegate& delegate, std::vector<SingleResponse> responses, const Bytes& nonce,
                                    Time now) {
    const x509::Certificate& certificate = delegate.certificate;
    const Time until = std::min<Time>(now + kAnswerLife, certificate.notAfter());
    const Bytes data = encodeResponseData({certificate.subjectKeyId(), now, until, std::move(responses), nonce});
    const crypto::SignatureAlgorithm algorithm = delegate.key.defaultAlgorithm();
    TRY(const auto findings, lint::lintOcsp(data, {&certificate, algorithm}));
    TRY_VOID(lint::judge(findings));
    // Not verified afterwards, as certificates and CRLs are: that costs three signatures, and a key that a fault gives
    // away here is worth nothing in three days.
    TRY(const Bytes signature, delegate.key.sign(algorithm, data));
    return SignedResponse{encodeResponse(data, algorithm, signature, certificate.der()), now, until};
}

}  // namespace mailca::ca::ocsp
