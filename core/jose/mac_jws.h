// A flattened JWS under a shared key, as external account binding has it (RFC 8555 section 7.3.4): HS256, HS384, HS512.
// Apart from jws.h, so that no request itself can ever be signed so (standards B5).
#pragma once

#include <string>

#include "core/json/json.h"
#include "core/secret.h"

namespace mailca::jose {

enum class MacAlgorithm { Hs256, Hs384, Hs512 };

struct MacJws {
    MacAlgorithm algorithm;
    std::string keyId;
    std::string url;
    std::string payload;  // decoded
    std::string signingInput;
    Bytes mac;
};

// Malformed (a nonce, a jwk or any other member that does not belong there too); BadSignatureAlgorithm: no HS*.
Result<MacJws> parseMacJws(const json::Value& value);
// In constant time.
bool verifyMac(const MacJws& jws, const Secret& key);

}  // namespace mailca::jose
