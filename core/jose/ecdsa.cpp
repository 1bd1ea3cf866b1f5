#include "core/jose/ecdsa.h"

#include <openssl/ecdsa.h>

#include "core/crypto/openssl.h"

namespace mailca::jose {
namespace {

using SignaturePtr = crypto::Owned<ECDSA_SIG, ::ECDSA_SIG_free>;

}  // namespace

Result<Bytes> ecdsaToDer(ByteView raw, std::size_t size) {
    if (raw.size() != 2 * size)
        return fail(ErrorKind::Malformed, "the JWS signature does not have the length of r and s");
    const auto number = [](ByteView octets) {
        return ::BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr);
    };
    const SignaturePtr signature(::ECDSA_SIG_new());
    if (signature == nullptr ||
        ::ECDSA_SIG_set0(signature.get(), number(raw.first(size)), number(raw.last(size))) != 1) {
        return crypto::opensslError("a signature cannot be rewritten");
    }
    return crypto::encodeDer(static_cast<const ECDSA_SIG*>(signature.get()), ::i2d_ECDSA_SIG);
}

Result<Bytes> ecdsaFromDer(ByteView der, std::size_t size) {
    const auto signature = crypto::decodeDer<SignaturePtr>(der, ::d2i_ECDSA_SIG);
    Bytes raw(2 * size);
    if (signature == nullptr ||
        ::BN_bn2binpad(::ECDSA_SIG_get0_r(signature.get()), raw.data(), static_cast<int>(size)) < 0 ||
        ::BN_bn2binpad(::ECDSA_SIG_get0_s(signature.get()), raw.data() + size, static_cast<int>(size)) < 0) {
        return crypto::opensslError("a signature cannot be rewritten");
    }
    return raw;
}

}  // namespace mailca::jose
