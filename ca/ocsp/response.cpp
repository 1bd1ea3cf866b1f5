#include "ca/ocsp/response.h"

#include "ca/lint/tbs.h"
#include "core/x509/builder.h"
#include "core/x509/der.h"
#include "core/x509/extensions.h"

namespace mailca::ca::ocsp {
namespace {

namespace der = x509::der;

Bytes enumerated(int value) {
    const auto octet = static_cast<std::uint8_t>(value);
    return der::tagged(der::kEnumerated, {&octet, 1});
}

Bytes encodeStatus(const Status& status) {
    if (const auto* revoked = std::get_if<Revoked>(&status)) {
        const Bytes reason = revoked->reason ? der::tagged(der::constructed(0), enumerated(*revoked->reason)) : Bytes{};
        return der::around(der::constructed(1), {der::generalizedTime(revoked->at), reason});
    }
    return der::tagged(der::primitive(std::holds_alternative<Good>(status) ? 0 : 2), {});
}

Bytes encodeNonce(ByteView nonce) {
    static const Bytes kId = *der::oid(lint::oid::kOcspNonce);
    const Bytes value = der::tagged(der::kOctetString, der::tagged(der::kOctetString, nonce));
    return der::tagged(der::constructed(1), der::sequence({der::sequence({kId, value})}));
}

}  // namespace

Bytes encodeResponseData(const ResponseFields& fields) {
    const Bytes thisUpdate = der::generalizedTime(fields.thisUpdate);
    const Bytes nextUpdate = der::tagged(der::constructed(0), der::generalizedTime(fields.nextUpdate));
    Bytes responses;
    for (const SingleResponse& one : fields.responses) {
        der::append(responses, der::sequence({one.certId, encodeStatus(one.status), thisUpdate, nextUpdate}));
    }
    const Bytes responder = der::tagged(der::constructed(2), der::tagged(der::kOctetString, fields.responderKeyHash));
    const Bytes extensions = fields.nonce.empty() ? Bytes{} : encodeNonce(fields.nonce);
    return der::sequence({responder, thisUpdate, der::tagged(der::kSequence, responses), extensions});
}

Bytes encodeResponse(ByteView responseData, crypto::SignatureAlgorithm algorithm, ByteView signature,
                     ByteView certificate) {
    static const Bytes kBasic = *der::oid("1.3.6.1.5.5.7.48.1.1");  // id-pkix-ocsp-basic
    const Bytes certificates = der::tagged(der::constructed(0), der::sequence({certificate}));
    const Bytes basic =
        der::sequence({responseData, x509::encodeAlgorithm(algorithm), der::bitString(signature), certificates});
    const Bytes bytes = der::sequence({kBasic, der::tagged(der::kOctetString, basic)});
    return der::sequence({enumerated(0), der::tagged(der::constructed(0), bytes)});
}

Bytes encodeRefusal(Refusal refusal) {
    return der::sequence({enumerated(static_cast<int>(refusal))});
}

}  // namespace mailca::ca::ocsp
