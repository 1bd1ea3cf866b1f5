// Flattened JSON JWS as ACME wants it (RFC 8555 section 6.2): parse, then verify. Parsing judges form only (standards
// B3-B6, B13); whoever knows the key verifies.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/jose/jwk.h"

namespace mailca::jose {

enum class Algorithm { Es256, Es384, EdDsa, Rs256 };
inline constexpr std::array<std::string_view, 4> kAlgorithmNames{"ES256", "ES384", "EdDSA", "RS256"};

struct KeyId {
    std::string url;
};

struct Jws {
    Algorithm algorithm;
    std::variant<Jwk, KeyId> signer;  // exactly one of jwk / kid (B4)
    std::string nonce;                // base64url; empty: the member was absent
    std::string url;
    std::string payload;  // decoded; empty = POST-as-GET
    std::string signingInput;
    Bytes signature;
};

// Malformed; BadSignatureAlgorithm (alg none, MACs, unknown); BadPublicKey.
Result<Jws> parseJws(std::string_view body);
// Malformed "the JWS signature does not verify"; BadPublicKey when the algorithm does not fit the key.
Result<void> verifyJws(const Jws& jws, const crypto::PublicKey& key);

// The client's half: a flattened JWS over payload (already serialised; empty for POST-as-GET).
struct ToSign {
    std::variant<Jwk, KeyId> signer;
    std::string nonce;
    std::string url;
    std::string payload;
};
Result<std::string> signJws(const ToSign& parts, const crypto::PrivateKey& key);

}  // namespace mailca::jose
