#include "ca/crl.h"

#include "ca/lint/lint.h"
#include "ca/signing.h"

namespace mailca::ca {

Result<Bytes> signCrl(const x509::CrlFields& fields, const x509::Certificate& issuer, const crypto::PrivateKey& key) {
    TRY(const Bytes tbs, x509::encodeTbsCrl(fields));
    TRY(const auto findings, lint::lintCrl(tbs, fields.signature, {&issuer, fields.distributionPoint}));
    TRY_VOID(lint::judge(findings));
    TRY(Bytes der, signTbs(tbs, fields.signature, key));
    TRY_VOID(compareSigned(der, tbs, issuer.publicKey()));
    return der;
}

Result<Bytes> signCrl(const Issuer& issuer, const crypto::PrivateKey& key, const CrlRequest& request) {
    return signCrl(
        x509::CrlFields{
            .signature = key.defaultAlgorithm(),
            .issuerDer = issuer.certificate.subjectDer(),
            .thisUpdate = request.thisUpdate,
            .nextUpdate = request.nextUpdate,
            .revoked = request.revoked,
            .number = request.number,
            .authorityKeyId = issuer.certificate.subjectKeyId(),
            // F4: a shard has the URI of the certificates that it is for; what covers everything has none.
            .distributionPoint = request.shard ? issuer.crlUrl(*request.shard) : std::string(),
        },
        issuer.certificate, key);
}

}  // namespace mailca::ca
