// The envelope sender of a challenge mail: a plus address of ours that nobody can guess, so that a report which comes
// there is about this one mail (A32). It begins with what its row is found by.
#pragma once

#include <optional>

#include "core/bytes.h"
#include "core/email_address.h"
#include "core/random.h"
#include "core/result.h"

namespace mailca::ra {

inline constexpr std::size_t kLongestSenderLocal = 31;  // with the rest, 64 octets (RFC 5321 section 4.5.3.1.1)

// 16 random octets behind the first 8 of part 1's SHA-256, which say nothing of part 1.
Result<EmailAddress> envelopeSender(const EmailAddress& from, const Bytes& part1Sha256, Random& random);
// Those first 8; nothing when the address is none of that make.
std::optional<Bytes> rowOfEnvelopeSender(const EmailAddress& address);

}  // namespace mailca::ra
