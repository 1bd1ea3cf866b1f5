#include "core/crypto/hash.h"

#include <openssl/hmac.h>

#include "core/crypto/openssl.h"

namespace mailca::crypto {
namespace {

Bytes digest(ByteView data, const EVP_MD* kind) {
    Bytes out(static_cast<std::size_t>(::EVP_MD_get_size(kind)));
    if (::EVP_Digest(data.data(), data.size(), out.data(), nullptr, kind, nullptr) != 1) {
        throw std::runtime_error(opensslError("a digest cannot be computed").detail);
    }
    return out;
}

}  // namespace

Bytes sha256(ByteView data) {
    return digest(data, ::EVP_sha256());
}
Bytes sha1(ByteView data) {
    return digest(data, ::EVP_sha1());
}

Bytes hmacSha256(ByteView key, ByteView data) {
    Bytes out(32);
    unsigned size = 0;
    if (::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()), data.data(), data.size(), out.data(), &size) ==
        nullptr) {
        throw std::runtime_error(opensslError("a MAC cannot be computed").detail);
    }
    return out;
}

}  // namespace mailca::crypto
