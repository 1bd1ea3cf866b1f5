// Owners for OpenSSL's objects, and its DER and error queue in our words. Only for .cpp files below core/ and of rooms
// that speak a format of their own through OpenSSL; never for a public header.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <climits>
#include <memory>
#include <stdexcept>
#include <string>

#include "core/bytes.h"
#include "core/result.h"

namespace mailca::crypto {

template <auto Free>
struct FreedBy {
    template <typename T>
    void operator()(T* object) const {
        Free(object);
    }
};
template <typename T, auto Free>
using Owned = std::unique_ptr<T, FreedBy<Free>>;

// Octets that OpenSSL allocated.
using OctetsPtr = Owned<unsigned char, [](unsigned char* octets) { OPENSSL_free(octets); }>;
using BioPtr = Owned<BIO, ::BIO_free_all>;
using BignumPtr = Owned<BIGNUM, ::BN_free>;
using KeyPtr = Owned<EVP_PKEY, ::EVP_PKEY_free>;
using KeyContextPtr = Owned<EVP_PKEY_CTX, ::EVP_PKEY_CTX_free>;
using DigestContextPtr = Owned<EVP_MD_CTX, ::EVP_MD_CTX_free>;

// A digest by OpenSSL's name for it, to be kept: what EVP_sha256() gives is looked up anew, under locks, by every use
// of it (crypto(7), "Performance"). Throws std::runtime_error when there is none.
const EVP_MD* fetchedDigest(const char* name);

// What OpenSSL complains of, behind `what`; empties its error queue.
Error opensslError(const std::string& what, ErrorKind kind = ErrorKind::Crypto);
// Empties the error queue, for a caller that has a sentence of its own.
void dropOpensslErrors();

// While one stands, this thread's OpenSSL reads certificates and requests without decoding the public keys in them,
// which it does by trying every decoder of its library context: ten times the work of all the rest, for keys that
// fromSpki() reads faster (crypto/key.h). A context without providers has no decoders. Nothing else may be done
// meanwhile.
class WithoutKeyDecoders final {
 public:
    WithoutKeyDecoders();
    ~WithoutKeyDecoders();
    WithoutKeyDecoders(const WithoutKeyDecoders&) = delete;
    WithoutKeyDecoders& operator=(const WithoutKeyDecoders&) = delete;

 private:
    OSSL_LIB_CTX* m_usual;
};

// The value that `der` holds and nothing else; null when it holds something else or anything behind it.
template <typename Ptr, typename Decode>
Ptr decodeDer(ByteView der, Decode decode) {
    if (der.empty() || der.size() > LONG_MAX) return nullptr;
    const unsigned char* at = der.data();
    Ptr value(decode(nullptr, &at, static_cast<long>(der.size())));
    if (value == nullptr) dropOpensslErrors();
    if (at != der.data() + der.size()) value.reset();
    return value;
}

// The DER of a value that is whole. Throws std::runtime_error when OpenSSL has no memory for it.
template <typename T, typename Encode>
Bytes encodeDer(const T* value, Encode encode) {
    const int length = encode(value, nullptr);
    if (length <= 0) throw std::runtime_error(opensslError("a value cannot be written as DER").detail);
    Bytes out(static_cast<std::size_t>(length));
    unsigned char* at = out.data();
    encode(value, &at);
    return out;
}

// A readable BIO over `text`, which must outlive it.
inline BioPtr reader(ByteView text) {
    if (text.size() > INT_MAX) return nullptr;
    return BioPtr(
        ::BIO_new_mem_buf(text.empty() ? "" : static_cast<const void*>(text.data()), static_cast<int>(text.size())));
}
// What has been written into a memory BIO; valid as long as it lives.
inline ByteView written(BIO* bio) {
    const char* data = nullptr;
    const long length = ::BIO_get_mem_data(bio, &data);
    return asBytes({data, length > 0 ? static_cast<std::size_t>(length) : 0});
}

}  // namespace mailca::crypto
