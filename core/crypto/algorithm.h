// How a signature algorithm sits on OpenSSL: its digest and the key it belongs to (standards D11).
#pragma once

#include "core/crypto/key.h"

struct evp_md_st;

namespace mailca::crypto {

// nullptr for Ed25519, which digests by itself.
const evp_md_st* digestOf(SignatureAlgorithm algorithm);
bool fits(SignatureAlgorithm algorithm, KeyType type);

}  // namespace mailca::crypto
