#include <openssl/crypto.h>

#include "core/crypto/algorithm.h"
#include "core/crypto/key.h"
#include "core/crypto/openssl.h"
#include "core/crypto/token.h"

namespace mailca::crypto {
namespace {

using Pkcs8Ptr = Owned<PKCS8_PRIV_KEY_INFO, ::PKCS8_PRIV_KEY_INFO_free>;

constexpr std::size_t kLockedHeap = 1u << 20;  // holds some hundred RSA-4096 keys

// OpenSSL would ask on the terminal otherwise.
int noPassphrase(char*, int, int, void*) {
    return -1;
}

PublicKey publicHalf(const EVP_PKEY* key) {
    const Bytes spki = encodeDer(key, ::i2d_PUBKEY);
    return PublicKey(std::shared_ptr<EVP_PKEY>(decodeDer<KeyPtr>(spki, ::d2i_PUBKEY)));
}

// Writes into memory that is wiped when dropped.
template <typename Write>
Result<Secret> writeSecret(Write write) {
    const BioPtr bio(::BIO_new(::BIO_s_secmem()));
    if (bio == nullptr || write(bio.get()) != 1) return opensslError("the private key cannot be written");
    return Secret::copyOf(written(bio.get()));
}

// A key in a token fails because the token does; one in memory because something is broken.
Error cannotSign(EVP_PKEY* key) {
    if (!liesInToken(key)) return opensslError("the key cannot sign");
    return opensslError("the token that holds the key does not sign", ErrorKind::Io);
}

}  // namespace

PrivateKey::PrivateKey(std::shared_ptr<evp_pkey_st> key) : m_key(std::move(key)), m_public(publicHalf(m_key.get())) {}

Result<PrivateKey> PrivateKey::generate(const KeySpec& spec) {
    EVP_PKEY* raw = nullptr;
    switch (spec.type) {
        case KeyType::Rsa:
            if (spec.rsaBits < 1024 || spec.rsaBits > 8192 || spec.rsaBits % 8 != 0) {
                return fail(ErrorKind::Crypto, "an RSA key has 1024 to 8192 bits, in whole octets");
            }
            raw = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(spec.rsaBits));
            break;
        case KeyType::P256:
        case KeyType::P384:
        case KeyType::P521:
            raw = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", std::string(nameOf(spec.type)).c_str());
            break;
        case KeyType::Ed25519:
            raw = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
            break;
        case KeyType::Sm2:
            raw = EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2");
            break;
        case KeyType::Other:
            return fail(ErrorKind::Crypto, "no key of an unknown kind can be made");
    }
    if (raw == nullptr) return opensslError("no key could be made");
    return PrivateKey(std::shared_ptr<EVP_PKEY>(KeyPtr(raw)));
}

Result<PrivateKey> PrivateKey::fromPem(std::string_view pem) {
    const BioPtr bio = reader(asBytes(pem));
    KeyPtr key(bio == nullptr ? nullptr : ::PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, nullptr));
    if (key == nullptr) {
        return opensslError("not an unencrypted private key in PEM form", ErrorKind::Parse);
    }
    return PrivateKey(std::shared_ptr<EVP_PKEY>(std::move(key)));
}

Result<PrivateKey> PrivateKey::fromPkcs8(ByteView der) {
    const auto info = decodeDer<Pkcs8Ptr>(der, ::d2i_PKCS8_PRIV_KEY_INFO);
    KeyPtr key(info == nullptr ? nullptr : ::EVP_PKCS82PKEY(info.get()));
    if (key == nullptr) return opensslError("not a private key in PKCS#8 form", ErrorKind::Parse);
    return PrivateKey(std::shared_ptr<EVP_PKEY>(std::move(key)));
}

Result<Secret> PrivateKey::toPem() const {
    return writeSecret([this](BIO* bio) {
        return ::PEM_write_bio_PKCS8PrivateKey(bio, m_key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

Result<Secret> PrivateKey::toPkcs8() const {
    return writeSecret([this](BIO* bio) {
        return ::i2d_PKCS8PrivateKey_bio(bio, m_key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

Result<Bytes> PrivateKey::sign(SignatureAlgorithm algorithm, ByteView data) const {
    if (!fits(algorithm, type())) return fail(ErrorKind::Crypto, "the signature algorithm does not fit the key");
    const DigestContextPtr context(::EVP_MD_CTX_new());
    EVP_PKEY_CTX* keyContext = nullptr;  // the context's own
    std::size_t length = 0;
    if (context == nullptr ||
        ::EVP_DigestSignInit(context.get(), &keyContext, digestOf(algorithm), nullptr, m_key.get()) != 1 ||
        !setIdentifier(algorithm, keyContext) ||
        ::EVP_DigestSign(context.get(), nullptr, &length, data.data(), data.size()) != 1) {
        return cannotSign(m_key.get());
    }
    Bytes signature(length);
    if (::EVP_DigestSign(context.get(), signature.data(), &length, data.data(), data.size()) != 1) {
        return cannotSign(m_key.get());
    }
    signature.resize(length);  // ECDSA signatures are often shorter than the most they can be
    return signature;
}

Result<void> lockKeyMemory() {
    if (::CRYPTO_secure_malloc_initialized() == 1) return {};
    // 1: locked. 2: made and wiped on release, but the kernel would not lock it.
    if (::CRYPTO_secure_malloc_init(kLockedHeap, 32) != 1) {
        return fail(
            ErrorKind::Io,
            "memory for private keys cannot be locked: allow this process 1 MiB more (ulimit -l, LimitMEMLOCK=)");
    }
    return {};
}

}  // namespace mailca::crypto
