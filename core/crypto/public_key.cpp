#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <map>

#include "core/crypto/algorithm.h"
#include "core/crypto/hash.h"
#include "core/crypto/key.h"
#include "core/crypto/openssl.h"
#include "core/crypto/spki.h"

namespace mailca::crypto {
namespace {

using ParamsPtr = Owned<OSSL_PARAM, ::OSSL_PARAM_free>;
using ParamBuilderPtr = Owned<OSSL_PARAM_BLD, ::OSSL_PARAM_BLD_free>;

constexpr std::size_t kMaxModulusOctets = 2048;  // OpenSSL's own bound, 16384 bits

KeyType ellipticType(EVP_PKEY* key) {
    int explicitParameters = 0;  // a curve written out in full is no named curve (D10)
    ::EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicitParameters);
    char name[64] = {};
    if (explicitParameters != 0 ||
        ::EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name, nullptr) != 1) {
        return KeyType::Other;
    }
    const std::string_view curve(name);
    if (curve == "prime256v1") return KeyType::P256;
    if (curve == "secp384r1") return KeyType::P384;
    if (curve == "secp521r1") return KeyType::P521;
    return KeyType::Other;
}

KeyType typeOf(EVP_PKEY* key) {
    if (::EVP_PKEY_is_a(key, "RSA") == 1) return KeyType::Rsa;
    if (::EVP_PKEY_is_a(key, "SM2") == 1) return KeyType::Sm2;
    if (::EVP_PKEY_is_a(key, "EC") == 1) return ellipticType(key);
    if (::EVP_PKEY_is_a(key, "ED25519") == 1) return KeyType::Ed25519;
    return KeyType::Other;
}

// Octets of one coordinate; 0 for what is no curve.
std::size_t coordinateSize(KeyType curve) {
    return curve == KeyType::P256 || curve == KeyType::Sm2 ? 32
           : curve == KeyType::P384                        ? 48
           : curve == KeyType::P521                        ? 66
                                                           : 0;
}

Bytes numberOf(EVP_PKEY* key, const char* name) {
    BIGNUM* raw = nullptr;
    if (::EVP_PKEY_get_bn_param(key, name, &raw) != 1) {
        dropOpensslErrors();
        return {};
    }
    const BignumPtr number(raw);
    Bytes out(static_cast<std::size_t>(BN_num_bytes(number.get())));
    ::BN_bn2bin(number.get(), out.data());
    return out;
}

// Off-curve points never get here; the point at infinity does.
Result<KeyPtr> checked(KeyPtr key, const char* what) {
    if (key == nullptr) return opensslError(what, ErrorKind::BadPublicKey);
    if (::EVP_PKEY_is_a(key.get(), "EC") == 1 || ::EVP_PKEY_is_a(key.get(), "SM2") == 1) {
        const KeyContextPtr context(::EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
        if (context == nullptr || ::EVP_PKEY_public_check_quick(context.get()) != 1) {
            return opensslError("the public key is not a point of its curve", ErrorKind::BadPublicKey);
        }
    }
    return key;
}

// `selection`: EVP_PKEY_PUBLIC_KEY, or EVP_PKEY_KEY_PARAMETERS for what all keys of a curve share.
KeyPtr fromParameters(const char* algorithm, int selection, OSSL_PARAM* parameters) {
    const KeyContextPtr context(::EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr));
    EVP_PKEY* raw = nullptr;
    if (context == nullptr || ::EVP_PKEY_fromdata_init(context.get()) != 1 ||
        ::EVP_PKEY_fromdata(context.get(), &raw, selection, parameters) != 1) {
        return nullptr;
    }
    return KeyPtr(raw);
}

KeyPtr makeCurve(KeyType curve) {
    std::string group(nameOf(curve));
    OSSL_PARAM parameters[] = {::OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
                               ::OSSL_PARAM_construct_end()};
    return fromParameters(curve == KeyType::Sm2 ? "SM2" : "EC", EVP_PKEY_KEY_PARAMETERS, parameters);
}

// A key without a point, made once: making a curve takes several times as long as copying it. nullptr: OpenSSL lacks
// it.
const EVP_PKEY* curveOf(KeyType curve) {
    static const std::map<KeyType, KeyPtr> kCurves = [] {
        std::map<KeyType, KeyPtr> made;
        for (const KeyType one : {KeyType::P256, KeyType::P384, KeyType::P521, KeyType::Sm2}) {
            made.emplace(one, makeCurve(one));
        }
        return made;
    }();
    return kCurves.at(curve).get();
}

// `point`: 04 || x || y.
Result<KeyPtr> fromPoint(KeyType curve, ByteView point) {
    static constexpr const char* kWhat = "the public key is not a point of its curve";
    // OpenSSL counts references through it, and changes nothing else.
    KeyPtr key(::EVP_PKEY_dup(const_cast<EVP_PKEY*>(curveOf(curve))));
    if (key == nullptr || ::EVP_PKEY_set1_encoded_public_key(key.get(), point.data(), point.size()) != 1) {
        return opensslError(kWhat, ErrorKind::BadPublicKey);
    }
    return checked(std::move(key), kWhat);
}

}  // namespace

std::string_view nameOf(KeyType type) {
    switch (type) {
        case KeyType::Rsa:
            return "RSA";
        case KeyType::P256:
            return "P-256";
        case KeyType::P384:
            return "P-384";
        case KeyType::P521:
            return "P-521";
        case KeyType::Ed25519:
            return "Ed25519";
        case KeyType::Sm2:
            return "SM2";
        case KeyType::Other:
            break;
    }
    return "another kind of key";
}

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key)
    : m_key(std::move(key)),
      m_type(typeOf(m_key.get())),
      m_bits(::EVP_PKEY_get_bits(m_key.get())),
      m_spki(encodeDer(m_key.get(), ::i2d_PUBKEY)) {}

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key, KeyType type, Bytes spki)
    : m_key(std::move(key)), m_type(type), m_bits(::EVP_PKEY_get_bits(m_key.get())), m_spki(std::move(spki)) {}

Result<PublicKey> PublicKey::fromRaw(KeyType type, ByteView bits) {
    KeyPtr key;
    if (type == KeyType::Ed25519) {
        TRY(key, checked(KeyPtr(::EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bits.data(), bits.size())),
                         "not an Ed25519 public key of 32 octets"));
    } else {
        TRY(key, fromPoint(type, bits));
    }
    return PublicKey(std::shared_ptr<EVP_PKEY>(std::move(key)), type, joinSpki({type, bits}));
}

Result<PublicKey> PublicKey::fromSpki(ByteView der) {
    if (const auto raw = splitSpki(der)) return fromRaw(raw->type, raw->bits);
    TRY(KeyPtr key, checked(decodeDer<KeyPtr>(der, ::d2i_PUBKEY), "not a SubjectPublicKeyInfo of a key known here"));
    return PublicKey(std::shared_ptr<EVP_PKEY>(std::move(key)));
}

Result<PublicKey> PublicKey::fromEcPoint(KeyType curve, ByteView x, ByteView y) {
    const std::size_t size = coordinateSize(curve);
    if (size == 0 || x.size() != size || y.size() != size) {
        return fail(ErrorKind::BadPublicKey, "the coordinates do not have the length of the curve");
    }
    Bytes point{4};  // uncompressed
    point.insert(point.end(), x.begin(), x.end());
    point.insert(point.end(), y.begin(), y.end());
    return fromRaw(curve, point);
}

Result<PublicKey> PublicKey::fromRsa(ByteView modulus, ByteView exponent) {
    static constexpr const char* kWhat = "not an RSA public key";
    if (modulus.size() > kMaxModulusOctets || exponent.empty() || exponent.size() > 32) {
        return fail(ErrorKind::BadPublicKey, "the RSA modulus or exponent is empty or too long");
    }
    const auto number = [](ByteView octets) {
        return BignumPtr(::BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
    };
    const BignumPtr n = number(modulus), e = number(exponent);
    const ParamBuilderPtr builder(::OSSL_PARAM_BLD_new());
    if (n == nullptr || e == nullptr || builder == nullptr || BN_is_odd(n.get()) == 0 || BN_is_odd(e.get()) == 0 ||
        BN_is_one(e.get()) != 0) {
        return fail(ErrorKind::BadPublicKey, "the RSA modulus or exponent is even, or the exponent is 1");
    }
    ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    const ParamsPtr parameters(::OSSL_PARAM_BLD_to_param(builder.get()));
    if (parameters == nullptr) return opensslError(kWhat, ErrorKind::BadPublicKey);
    TRY(KeyPtr key, checked(fromParameters("RSA", EVP_PKEY_PUBLIC_KEY, parameters.get()), kWhat));
    return PublicKey(std::shared_ptr<EVP_PKEY>(std::move(key)));
}

Result<PublicKey> PublicKey::fromEd25519(ByteView raw) {
    return fromRaw(KeyType::Ed25519, raw);
}

Bytes PublicKey::spkiSha256() const {
    return sha256(m_spki);
}
Bytes PublicKey::rsaModulus() const {
    return m_type == KeyType::Rsa ? numberOf(m_key.get(), OSSL_PKEY_PARAM_RSA_N) : Bytes{};
}
Bytes PublicKey::rsaExponent() const {
    return m_type == KeyType::Rsa ? numberOf(m_key.get(), OSSL_PKEY_PARAM_RSA_E) : Bytes{};
}

Bytes PublicKey::rawPoint() const {
    if (m_type == KeyType::Ed25519) {
        Bytes out(32);
        std::size_t length = out.size();
        if (::EVP_PKEY_get_raw_public_key(m_key.get(), out.data(), &length) != 1) dropOpensslErrors();
        return out;
    }
    const std::size_t size = coordinateSize(m_type);
    Bytes out;
    for (const char* name : {OSSL_PKEY_PARAM_EC_PUB_X, OSSL_PKEY_PARAM_EC_PUB_Y}) {
        if (size == 0) break;
        const Bytes coordinate = numberOf(m_key.get(), name);
        out.insert(out.end(), size - coordinate.size(), 0);
        out.insert(out.end(), coordinate.begin(), coordinate.end());
    }
    return out;
}

Result<void> PublicKey::verify(SignatureAlgorithm algorithm, ByteView data, ByteView signature) const {
    if (!fits(algorithm, m_type)) return fail(ErrorKind::Crypto, "the signature algorithm does not fit the key");
    const DigestContextPtr context(::EVP_MD_CTX_new());
    EVP_PKEY_CTX* keyContext = nullptr;  // the context's own
    if (context == nullptr ||
        ::EVP_DigestVerifyInit(context.get(), &keyContext, digestOf(algorithm), nullptr, m_key.get()) != 1 ||
        !setIdentifier(algorithm, keyContext) ||
        ::EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(), data.size()) != 1) {
        dropOpensslErrors();
        return fail(ErrorKind::Crypto, "the signature does not verify");
    }
    return {};
}

SignatureAlgorithm PublicKey::defaultAlgorithm() const {
    switch (type()) {
        case KeyType::P256:
            return SignatureAlgorithm::EcdsaSha256;
        case KeyType::P384:
            return SignatureAlgorithm::EcdsaSha384;
        case KeyType::P521:
            return SignatureAlgorithm::EcdsaSha512;
        case KeyType::Ed25519:
            return SignatureAlgorithm::Ed25519;
        case KeyType::Sm2:
            return SignatureAlgorithm::Sm2Sm3;
        case KeyType::Rsa:
        case KeyType::Other:
            break;
    }
    return SignatureAlgorithm::RsaSha256;
}

}  // namespace mailca::crypto
