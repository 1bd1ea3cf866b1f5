#include "ca/signing.h"

#include <algorithm>

#include "core/x509/builder.h"
#include "core/x509/der.h"

namespace mailca::ca {
Result<LintedTbs> LintedTbs::build(const x509::CertificateFields& fields, const lint::CertificateContext& context) {
    TRY(Bytes tbs, x509::encodeTbsCertificate(fields));
    TRY(const auto findings, lint::lintCertificate(tbs, fields.signature, context, &fields.key));
    TRY_VOID(lint::judge(findings));
    return LintedTbs(std::move(tbs), fields.signature, fields.serial);
}

Result<Bytes> LintedTbs::sign(const crypto::PrivateKey& issuerKey) && {
    const Bytes tbs = std::move(m_tbs);
    TRY(Bytes der, signTbs(tbs, m_algorithm, issuerKey));
    TRY_VOID(compareSigned(der, tbs, issuerKey.publicKey()));
    return der;
}

Result<Bytes> signTbs(ByteView tbs, crypto::SignatureAlgorithm algorithm, const crypto::PrivateKey& key) {
    TRY(const Bytes signature, key.sign(algorithm, tbs));
    return x509::assemble(tbs, algorithm, signature);
}

Result<void> compareSigned(ByteView der, ByteView linted, const crypto::PublicKey& issuerKey) {
    const auto parts = x509::der::splitSigned(der);
    if (!parts) return fail(ErrorKind::Crypto, "what was signed is neither a certificate nor a CRL");
    if (!std::ranges::equal(parts->tbs, linted)) {
        return fail(ErrorKind::Crypto, "what was signed differs from what was linted; nothing was issued");
    }
    const auto algorithm = x509::signatureAlgorithmOf(parts->algorithm);
    if (!algorithm) return fail(ErrorKind::Crypto, "it was signed with an algorithm that is none of ours");
    return issuerKey.verify(*algorithm, parts->tbs, parts->signature);
}

}  // namespace mailca::ca
