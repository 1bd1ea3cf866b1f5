// TXT records as a zone file has them.
#pragma once

#include <string>
#include <string_view>

#include "core/crypto/key.h"

namespace mailca::admin {

// The text in character-strings of 255 octets at most (RFC 1035 section 3.3), each in quotes.
std::string inStrings(std::string_view text);
// What a key is published as below _domainkey (RFC 6376 section 3.6.1, RFC 8463 section 4); RSA or Ed25519.
std::string dkimRecord(const crypto::PublicKey& key);

}  // namespace mailca::admin
