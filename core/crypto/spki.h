// The one SubjectPublicKeyInfo that each kind of elliptic key has here (standards D10, I5; RFC 8410), read and written
// as it stands: OpenSSL 3.0's decoders and encoders of keys take as long as verifying a signature does. Internal to
// core/.
#pragma once

#include <optional>

#include "core/crypto/key.h"

namespace mailca::crypto {

struct RawKey {
    KeyType type;
    ByteView bits;  // P-256, P-384, P-521, SM2: 04 || x || y; Ed25519: its 32 octets. Nothing is said of the point.
};
// nullopt: RSA, a compressed point, another curve or encoding. That is for OpenSSL to read.
std::optional<RawKey> splitSpki(ByteView der);
// `bits` as above, of the length that the type has.
Bytes joinSpki(const RawKey& key);

}  // namespace mailca::crypto
