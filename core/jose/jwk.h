// JSON Web Keys (RFC 7517, 7518, 8037): public ones only; a private member is refused (standards B13).
#pragma once

#include <string>

#include "core/crypto/key.h"
#include "core/json/json.h"

namespace mailca::jose {

struct Jwk {
    crypto::PublicKey key;
    json::Value value;       // the required members only, in RFC 7638 order
    std::string thumbprint;  // base64url SHA-256 (RFC 7638)
};

// BadPublicKey: unknown kty/crv, weak (RSA < 2048 or > 8192), off the curve, private members.
Result<Jwk> parseJwk(const json::Value& value);
Result<Jwk> toJwk(const crypto::PublicKey& key);

}  // namespace mailca::jose
