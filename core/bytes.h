// Bytes and their spellings: base64url without padding (RFC 7515 section 2), base64, hex. Decoders are strict: a
// character outside the alphabet, padding where none belongs, or stray tail bits are Parse errors.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mailca {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView asBytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view asText(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes toBytes(std::string_view text) {
    return {text.begin(), text.end()};
}

std::string toBase64Url(ByteView bytes);             // no padding
Result<Bytes> fromBase64Url(std::string_view text);  // "=" refused (standards B1)
std::string toBase64(ByteView bytes);                // with padding, one line
Result<Bytes> fromBase64(std::string_view text);     // white space refused
std::string toHex(ByteView bytes);                   // lower case
Result<Bytes> fromHex(std::string_view text);        // either case

// Equality in constant time for equal lengths (the length is no secret).
bool equalConstantTime(ByteView a, ByteView b);

}  // namespace mailca
