#include "core/jose/jwk.h"

#include "core/crypto/hash.h"

namespace mailca::jose {
namespace {

using crypto::KeyType;

constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;  // beyond that, verifying costs more than a stranger may ask for

Error bad(const std::string& why) {
    return fail(ErrorKind::BadPublicKey, "the JWK is refused: " + why);
}

Result<Bytes> octets(const json::Value& value, std::string_view member) {
    const auto text = value.string(member);
    if (!text) return bad("it has no member \"" + std::string(member) + "\"");
    auto decoded = fromBase64Url(*text);
    if (!decoded || decoded->empty()) return bad("\"" + std::string(member) + "\" is not base64url");
    return decoded;
}

// Base64urlUInt: no leading zero octet (RFC 7518 section 2).
Result<Bytes> number(const json::Value& value, std::string_view member) {
    TRY(Bytes decoded, octets(value, member));
    if (decoded.front() == 0) return bad("\"" + std::string(member) + "\" has a leading zero");
    return decoded;
}

Result<crypto::PublicKey> parseRsa(const json::Value& value) {
    TRY(const Bytes modulus, number(value, "n"));
    TRY(const Bytes exponent, number(value, "e"));
    TRY(crypto::PublicKey key, crypto::PublicKey::fromRsa(modulus, exponent));
    if (key.bits() < kMinRsaBits || key.bits() > kMaxRsaBits) return bad("an RSA key has 2048 to 8192 bits");
    return key;
}

Result<crypto::PublicKey> parseEc(const json::Value& value) {
    const auto name = value.string("crv");
    const KeyType curve = name == "P-256" ? KeyType::P256 : name == "P-384" ? KeyType::P384 : KeyType::Other;
    if (curve == KeyType::Other) return bad("the curve is neither P-256 nor P-384");
    TRY(const Bytes x, octets(value, "x"));
    TRY(const Bytes y, octets(value, "y"));
    return crypto::PublicKey::fromEcPoint(curve, x, y);
}

Result<crypto::PublicKey> parseOkp(const json::Value& value) {
    if (value.string("crv") != "Ed25519") return bad("the curve is not Ed25519");
    TRY(const Bytes x, octets(value, "x"));
    return crypto::PublicKey::fromEd25519(x);
}

}  // namespace

Result<Jwk> parseJwk(const json::Value& value) {
    if (value.asObject() == nullptr) return bad("it is no object");
    for (const char* secret : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
        if (value.has(secret)) return bad("it holds a private member; never send private keys");
    }
    const auto type = value.string("kty");
    if (type == "RSA") {
        TRY(const crypto::PublicKey key, parseRsa(value));
        return toJwk(key);
    }
    if (type == "EC") {
        TRY(const crypto::PublicKey key, parseEc(value));
        return toJwk(key);
    }
    if (type == "OKP") {
        TRY(const crypto::PublicKey key, parseOkp(value));
        return toJwk(key);
    }
    return bad("its kty is none of RSA, EC, OKP");
}

Result<Jwk> toJwk(const crypto::PublicKey& key) {
    json::Value value;
    const Bytes point = key.rawPoint();
    const std::size_t half = point.size() / 2;
    switch (key.type()) {
        case KeyType::Rsa:
            value = json::object(
                {{"e", toBase64Url(key.rsaExponent())}, {"kty", "RSA"}, {"n", toBase64Url(key.rsaModulus())}});
            break;
        case KeyType::P256:
        case KeyType::P384:
            value = json::object({{"crv", crypto::nameOf(key.type())},
                                  {"kty", "EC"},
                                  {"x", toBase64Url(ByteView(point).first(half))},
                                  {"y", toBase64Url(ByteView(point).last(half))}});
            break;
        case KeyType::Ed25519:
            value = json::object({{"crv", "Ed25519"}, {"kty", "OKP"}, {"x", toBase64Url(point)}});
            break;
        case KeyType::P521:
        case KeyType::Sm2:
        case KeyType::Other:
            return bad("keys of this kind sign no requests here");
    }
    std::string thumbprint = toBase64Url(crypto::sha256(asBytes(value.dump())));
    return Jwk{key, std::move(value), std::move(thumbprint)};
}

}  // namespace mailca::jose
