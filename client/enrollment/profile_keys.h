// Which key a profile gets, and the request for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/crypto/key.h"
#include "core/email_address.h"
#include "core/result.h"

namespace mailca::client {

enum class KeyUse { Sign, Encrypt, Dual, Timestamp };

// InvalidProfile for a profile that this program cannot make a request for.
Result<KeyUse> useOf(std::string_view profile);

// "rsa2048", "rsa3072", "rsa4096", "p256", "p384"; Config error with this list otherwise.
Result<crypto::KeySpec> parseKeyType(std::string_view text);

// `keyType` empty: P-256, for encryption RSA-3072 (Outlook reads keyEncipherment only). Config error for timestamping
// with RSA below 3072 bits (E4).
Result<crypto::KeySpec> keySpecFor(std::string_view profile, std::string_view keyType);

// A PKCS#10 request for `profile` (A50-A53), DER.
Result<Bytes> requestFor(std::string_view profile, const crypto::PrivateKey& key, const EmailAddress& mailbox);

}  // namespace mailca::client
