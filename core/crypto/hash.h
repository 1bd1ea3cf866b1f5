// Digests by OpenSSL. Thread-safe; cannot fail.
#pragma once

#include "core/bytes.h"

namespace mailca::crypto {

Bytes sha256(ByteView data);
Bytes sha384(ByteView data);
Bytes sha1(ByteView data);  // key identifiers and RFC 4387 search keys only; nothing is signed with it
Bytes sm3(ByteView data);

Bytes hmacSha256(ByteView key, ByteView data);
Bytes hmacSha384(ByteView key, ByteView data);
Bytes hmacSha512(ByteView key, ByteView data);

}  // namespace mailca::crypto
