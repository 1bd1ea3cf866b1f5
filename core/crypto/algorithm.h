// How a signature algorithm sits on OpenSSL: its digest, the key it belongs to (standards D11) and SM2's identifier.
#pragma once

#include <string_view>

#include "core/crypto/key.h"

struct evp_md_st;
struct evp_pkey_ctx_st;

namespace mailca::crypto {

// nullptr for Ed25519, which digests by itself.
const evp_md_st* digestOf(SignatureAlgorithm algorithm);
bool fits(SignatureAlgorithm algorithm, KeyType type);

// Whose signature it is, which SM2 hashes before the message: 16 ASCII octets that everybody uses for certificates,
// requests, CRLs and tokens (GM/T 0009; standards I6).
inline constexpr std::string_view kSm2Identifier = "1234567812345678";
// To be called between the beginning of a signature or verification and its data: OpenSSL's own identifier is empty and
// fits nobody else's (I7). True for the other algorithms, which have none.
bool setIdentifier(SignatureAlgorithm algorithm, evp_pkey_ctx_st* context);

}  // namespace mailca::crypto
