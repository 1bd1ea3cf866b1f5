#include "ca/ocsp/delegate.h"

#include <algorithm>

#include "ca/lint/lint.h"
#include "ca/signing.h"
#include "core/crypto/hash.h"
#include "core/x509/builder.h"

namespace mailca::ca::ocsp {
namespace {

constexpr auto kLife = std::chrono::hours{72};
constexpr auto kBackdate = std::chrono::hours{1};  // for clocks that run behind

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

Result<Delegate> makeDelegate(const Issuer& issuer, ServiceLedger& ledger, Time now, Random& random) {
    // A client of an SM2 hierarchy need not know another algorithm.
    const bool sm2 = issuer.certificate.publicKey().type() == crypto::KeyType::Sm2;
    TRY(crypto::PrivateKey key, crypto::PrivateKey::generate({sm2 ? crypto::KeyType::Sm2 : crypto::KeyType::P256, 0}));
    TRY(const x509::NameParts subject, subjectFor(issuer));
    const x509::CertificateFields fields{
        .serial = Serial::random(random),
        .signature = issuer.key.defaultAlgorithm(),
        .issuer = issuer.certificate.subjectDer(),
        .subject = subject,
        .notBefore = std::max(now - kBackdate, issuer.certificate.notBefore()),
        .notAfter = std::min(now + kLife, issuer.certificate.notAfter()),
        .key = key.publicKey(),
        .keyUsage = x509::kDigitalSignature,
        .extendedKeyUsage = {std::string(lint::oid::kOcspSigning)},
        .authorityKeyId = issuer.certificate.subjectKeyId(),
        .ocspNoCheck = true,
    };
    TRY(const Bytes tbs, x509::encodeTbsCertificate(fields));
    const lint::CertificateContext context{lint::CertificateKind::OcspResponder, issuer.hierarchy, &issuer.certificate,
                                           std::nullopt, ""};
    TRY(const auto findings, lint::lintCertificate(tbs, fields.signature, context));
    TRY_VOID(lint::judge(findings));
    TRY_VOID(ledger.recordIntent({issuer.name, fields.serial, crypto::sha256(tbs), now}));
    TRY(const Bytes der, signTbs(tbs, issuer.key));
    TRY(x509::Certificate certificate, compareCertificate(der, tbs, issuer.certificate.publicKey()));
    TRY_VOID(ledger.recordIssued({issuer.name, fields.serial, der, now}));
    return Delegate{std::move(key), std::move(certificate)};
}

}  // namespace mailca::ca::ocsp
