// Which key a profile gets, and the request for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/crypto/key.h"
#include "core/email_address.h"
#include "core/result.h"

namespace mailca::client {

// "rsa2048", "rsa3072", "rsa4096", "p256", "p384"; Config error with this list otherwise.
Result<crypto::KeySpec> parseKeyType(std::string_view text);

// `keyType` empty: P-256, for encryption RSA-3072 (Outlook reads keyEncipherment only). A profile of SM2 has an SM2 key
// whatever `keyType` says, so that a bundle may have both. InvalidProfile for a profile that this program cannot make a
// request for, Config for timestamping with RSA below 3072 bits (E4).
Result<crypto::KeySpec> keySpecFor(std::string_view profile, std::string_view keyType);

// A PKCS#10 request for `profile` (A50-A53), DER.
Result<Bytes> requestFor(std::string_view profile, const crypto::PrivateKey& key, const EmailAddress& mailbox);

}  // namespace mailca::client
