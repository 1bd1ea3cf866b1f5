// Certificates of one issuer and profile are for the most part the same octets: names, URLs, policies. One of them, the
// model, is stored whole; the others as raw DEFLATE (RFC 1951) with the model as dictionary, which leaves their key,
// their signature and little else.
#pragma once

#include <string>
#include <string_view>

#include "core/bytes.h"

namespace mailca::store {

Bytes pack(ByteView der, ByteView model);
// Throws std::runtime_error for what pack() did not make with this model: the database was damaged.
Bytes unpack(ByteView packed, ByteView model);

// An account's public key as JSON (RFC 7638), the same way beside a model that never changes.
Bytes packJwk(std::string_view jwk);
std::string unpackJwk(ByteView packed);

}  // namespace mailca::store
