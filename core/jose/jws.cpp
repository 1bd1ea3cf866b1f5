#include "core/jose/jws.h"

#include <algorithm>

#include "core/jose/ecdsa.h"

namespace mailca::jose {
namespace {

using crypto::KeyType;
using crypto::SignatureAlgorithm;

struct AlgorithmFacts {
    KeyType key;
    SignatureAlgorithm signature;
    std::size_t coordinate;  // octets of r and of s; 0 for signatures that travel as they are
};

// In the order of the enum.
constexpr std::array<AlgorithmFacts, kAlgorithmNames.size()> kAlgorithms{{
    {KeyType::P256, SignatureAlgorithm::EcdsaSha256, 32},
    {KeyType::P384, SignatureAlgorithm::EcdsaSha384, 48},
    {KeyType::Ed25519, SignatureAlgorithm::Ed25519, 0},
    {KeyType::Rsa, SignatureAlgorithm::RsaSha256, 0},
}};

const AlgorithmFacts& factsOf(Algorithm algorithm) {
    return kAlgorithms.at(static_cast<std::size_t>(algorithm));
}

Error malformed(const std::string& why) {
    return fail(ErrorKind::Malformed, "the JWS is malformed: " + why);
}

Result<void> checkFits(Algorithm algorithm, const crypto::PublicKey& key) {
    if (key.type() == factsOf(algorithm).key) return {};
    return fail(ErrorKind::BadPublicKey, "the JWS algorithm does not fit the key");
}

Result<Algorithm> parseAlgorithm(const json::Value& header) {
    const auto name = header.string("alg");
    if (!name) return malformed("its protected header has no \"alg\"");
    const auto at = std::find(kAlgorithmNames.begin(), kAlgorithmNames.end(), *name);
    if (at == kAlgorithmNames.end()) {
        return fail(ErrorKind::BadSignatureAlgorithm, "the JWS algorithm must be one of ES256, ES384, EdDSA, RS256");
    }
    return static_cast<Algorithm>(at - kAlgorithmNames.begin());
}

Result<std::variant<Jwk, KeyId>> parseSigner(const json::Value& header, Algorithm algorithm) {
    if (header.has("jwk") == header.has("kid")) return malformed("exactly one of \"jwk\" and \"kid\" must be there");
    if (const json::Value* jwk = header.find("jwk")) {
        TRY(Jwk parsed, parseJwk(*jwk));
        TRY_VOID(checkFits(algorithm, parsed.key));
        return std::variant<Jwk, KeyId>(std::move(parsed));
    }
    const auto kid = header.string("kid");
    if (!kid || kid->empty()) return malformed("\"kid\" is no URL");
    return std::variant<Jwk, KeyId>(KeyId{*kid});
}

Result<std::string> parseNonce(const json::Value& header) {
    if (!header.has("nonce")) return std::string();
    const auto nonce = header.string("nonce");
    if (!nonce || nonce->empty() || !fromBase64Url(*nonce)) return malformed("\"nonce\" is not base64url");
    return *nonce;
}

// The three members and no other: no unprotected header, no second signature (B3).
Result<void> checkShape(const json::Value& body) {
    if (body.asObject() == nullptr) return malformed("it is no JSON object");
    for (const auto& [name, value] : *body.asObject()) {
        if (name != "protected" && name != "payload" && name != "signature") {
            return malformed("the member \"" + name + "\" does not belong into a flattened JWS of ACME");
        }
        if (value.asString() == nullptr) return malformed("\"" + name + "\" is no string");
    }
    if (body.asObject()->size() != 3) return malformed("\"protected\", \"payload\" or \"signature\" is missing");
    return {};
}

Result<Bytes> decodeMember(const json::Value& body, const char* name) {
    auto decoded = fromBase64Url(*body.string(name));
    if (!decoded) return malformed(std::string("\"") + name + "\" is not base64url without padding");
    return decoded;
}

}  // namespace

Result<Jws> parseJws(std::string_view body) {
    TRY(const json::Value value, json::parse(body));
    TRY_VOID(checkShape(value));
    TRY(const Bytes protectedBytes, decodeMember(value, "protected"));
    TRY(const Bytes payload, decodeMember(value, "payload"));
    TRY(Bytes signature, decodeMember(value, "signature"));
    TRY(const json::Value header, json::parse(asText(protectedBytes)));
    if (header.asObject() == nullptr) return malformed("its protected header is no JSON object");
    for (const char* refused : {"crit", "b64"}) {  // no extension of JWS is understood (B3, B13)
        if (header.has(refused)) return malformed(std::string("\"") + refused + "\" is not supported");
    }
    TRY(const Algorithm algorithm, parseAlgorithm(header));
    TRY(auto signer, parseSigner(header, algorithm));
    TRY(std::string nonce, parseNonce(header));
    const auto url = header.string("url");
    if (!url || url->empty()) return malformed("its protected header has no \"url\"");
    return Jws{algorithm,
               std::move(signer),
               std::move(nonce),
               *url,
               std::string(asText(payload)),
               *value.string("protected") + "." + *value.string("payload"),
               std::move(signature)};
}

Result<void> verifyJws(const Jws& jws, const crypto::PublicKey& key) {
    TRY_VOID(checkFits(jws.algorithm, key));
    const AlgorithmFacts& facts = factsOf(jws.algorithm);
    Bytes signature = jws.signature;
    if (facts.coordinate != 0) {
        TRY(signature, ecdsaToDer(jws.signature, facts.coordinate));
    }
    if (!key.verify(facts.signature, asBytes(jws.signingInput), signature)) {
        return fail(ErrorKind::Malformed, "the JWS signature does not verify");
    }
    return {};
}

Result<std::string> signJws(const ToSign& parts, const crypto::PrivateKey& key) {
    const auto at = std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                                 [&](const AlgorithmFacts& facts) { return facts.key == key.type(); });
    if (at == kAlgorithms.end()) return fail(ErrorKind::BadPublicKey, "keys of this kind sign no requests");
    json::Value header =
        json::object({{"alg", kAlgorithmNames.at(static_cast<std::size_t>(at - kAlgorithms.begin()))}});
    if (const auto* jwk = std::get_if<Jwk>(&parts.signer)) {
        header.set("jwk", jwk->value);
    } else {
        header.set("kid", std::get<KeyId>(parts.signer).url);
    }
    if (!parts.nonce.empty()) header.set("nonce", parts.nonce);
    header.set("url", parts.url);
    const std::string protectedText = toBase64Url(asBytes(header.dump()));
    const std::string payload = toBase64Url(asBytes(parts.payload));
    TRY(Bytes signature, key.sign(at->signature, asBytes(protectedText + "." + payload)));
    if (at->coordinate != 0) {
        TRY(signature, ecdsaFromDer(signature, at->coordinate));
    }
    return json::object({{"protected", protectedText}, {"payload", payload}, {"signature", toBase64Url(signature)}})
        .dump();
}

}  // namespace mailca::jose
