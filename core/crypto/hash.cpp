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

// Fetched once and for all: EVP_sha256() is looked up anew, under locks, by every digest (crypto(7), "Performance").
const EVP_MD* fetched(const char* name) {
    const EVP_MD* const kind = ::EVP_MD_fetch(nullptr, name, nullptr);
    if (kind == nullptr) throw std::runtime_error(opensslError("a digest is not there").detail);
    return kind;
}

}  // namespace

Bytes sha256(ByteView data) {
    static const EVP_MD* const kFetched = fetched("SHA2-256");
    return digest(data, kFetched);
}
Bytes sha1(ByteView data) {
    static const EVP_MD* const kFetched = fetched("SHA1");
    return digest(data, kFetched);
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
