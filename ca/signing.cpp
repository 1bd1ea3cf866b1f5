#include "ca/signing.h"

#include <algorithm>

#include "core/x509/builder.h"
#include "core/x509/der.h"
#include "core/x509/path.h"

namespace mailca::ca {
namespace {

Result<void> compare(ByteView signedBytes, ByteView linted) {
    if (std::ranges::equal(signedBytes, linted)) return {};
    return fail(ErrorKind::Crypto, "what was signed differs from what was linted; nothing was issued");
}

}  // namespace

Result<LintedTbs> LintedTbs::build(const x509::CertificateFields& fields, const lint::CertificateContext& context) {
    TRY(Bytes tbs, x509::encodeTbsCertificate(fields));
    TRY(const auto findings, lint::lintCertificate(tbs, fields.signature, context));
    TRY_VOID(lint::judge(findings));
    return LintedTbs(std::move(tbs), fields.serial);
}

Result<x509::Certificate> LintedTbs::sign(const crypto::PrivateKey& issuerKey) && {
    const Bytes tbs = std::move(m_tbs);
    TRY(const Bytes der, signTbs(tbs, issuerKey));
    return compareCertificate(der, tbs, issuerKey.publicKey());
}

Result<Bytes> signTbs(ByteView tbs, const crypto::PrivateKey& key) {
    const crypto::SignatureAlgorithm algorithm = key.defaultAlgorithm();
    TRY(const Bytes signature, key.sign(algorithm, tbs));
    return x509::assemble(tbs, algorithm, signature);
}

Result<x509::Certificate> compareCertificate(ByteView der, ByteView linted, const crypto::PublicKey& issuerKey) {
    TRY(x509::Certificate certificate, x509::Certificate::fromDer(der));
    TRY_VOID(compare(certificate.tbs(), linted));
    TRY_VOID(x509::verifySignature(certificate, issuerKey));
    return certificate;
}

Result<void> compareCrl(ByteView der, ByteView linted, const crypto::PublicKey& issuerKey) {
    const auto parts = x509::der::splitSigned(der);
    if (!parts) return fail(ErrorKind::Crypto, "what was signed is no CRL");
    TRY_VOID(compare(parts->tbs, linted));
    const auto algorithm = x509::signatureAlgorithmOf(parts->algorithm);
    if (!algorithm) return fail(ErrorKind::Crypto, "the CRL was signed with an algorithm that is none of ours");
    return issuerKey.verify(*algorithm, parts->tbs, parts->signature);
}

}  // namespace mailca::ca
