#include "ca/tsa/query.h"

#include <openssl/ts.h>

#include <algorithm>

#include "core/crypto/openssl.h"

namespace mailca::ca::tsa {
namespace {

using QueryPtr = crypto::Owned<TS_REQ, ::TS_REQ_free>;

Bytes oidOf(const ASN1_OBJECT* object) {
    return object == nullptr ? Bytes{} : crypto::encodeDer(object, ::i2d_ASN1_OBJECT);
}

}  // namespace

std::optional<Query> Query::parse(ByteView der) {
    const auto read = crypto::decodeDer<QueryPtr>(der, ::d2i_TS_REQ);
    if (read == nullptr) return std::nullopt;
    const Bytes again = crypto::encodeDer(read.get(), ::i2d_TS_REQ);
    if (!std::equal(again.begin(), again.end(), der.begin(), der.end())) return std::nullopt;

    TS_MSG_IMPRINT* const imprint = ::TS_REQ_get_msg_imprint(read.get());
    const ASN1_OBJECT* hash = nullptr;
    int parameters = V_ASN1_UNDEF;
    ::X509_ALGOR_get0(&hash, &parameters, nullptr, ::TS_MSG_IMPRINT_get_algo(imprint));
    const ASN1_INTEGER* const nonce = ::TS_REQ_get_nonce(read.get());
    return Query{.version = ::TS_REQ_get_version(read.get()),
                 .imprint = crypto::encodeDer(static_cast<const TS_MSG_IMPRINT*>(imprint), ::i2d_TS_MSG_IMPRINT),
                 .hash = oidOf(hash),
                 .hashHasParameters = parameters != V_ASN1_UNDEF && parameters != V_ASN1_NULL,
                 .imprintSize = static_cast<std::size_t>(::ASN1_STRING_length(::TS_MSG_IMPRINT_get_msg(imprint))),
                 .policy = oidOf(::TS_REQ_get_policy_id(read.get())),
                 .nonce = nonce == nullptr ? Bytes{} : crypto::encodeDer(nonce, ::i2d_ASN1_INTEGER),
                 .certificates = ::TS_REQ_get_cert_req(read.get()) != 0,
                 .extensions = ::TS_REQ_get_ext_count(read.get()) > 0};
}

}  // namespace mailca::ca::tsa
