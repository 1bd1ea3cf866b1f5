#include "ca/crl.h"

#include "ca/lint/lint.h"
#include "ca/signing.h"

namespace mailca::ca {

Result<Bytes> signCrl(const Issuer& issuer, const crypto::PrivateKey& key, const CrlRequest& request) {
    x509::CrlFields fields{
        .signature = key.defaultAlgorithm(),
        .issuerDer = issuer.certificate.subjectDer(),
        .thisUpdate = request.thisUpdate,
        .nextUpdate = request.nextUpdate,
        .revoked = request.revoked,
        .number = request.number,
        .authorityKeyId = issuer.certificate.subjectKeyId(),
        .distributionPoint = issuer.crlUrl(request.shard),  // F4: the URI in the certificates
    };
    TRY(const Bytes tbs, x509::encodeTbsCrl(fields));
    TRY(const auto findings, lint::lintCrl(tbs, fields.signature, {&issuer.certificate, fields.distributionPoint}));
    TRY_VOID(lint::judge(findings));
    TRY(const Bytes der, signTbs(tbs, key));
    TRY(const x509::Crl crl, compareCrl(der, tbs, issuer.certificate));
    return crl.der();
}

}  // namespace mailca::ca
