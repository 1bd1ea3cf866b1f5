// The arithmetic of weak RSA keys (standards D8, D13): facts about two numbers, no policy of sizes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/bytes.h"

namespace mailca::crypto {

enum class RsaFlaw : std::uint8_t {
    EvenExponent,
    SmallExponent,  // below 3
    LargeExponent,  // 2^256 or more
    EvenModulus,
    SmallFactor,  // a prime below 752 divides the modulus
    PrimePower,   // the modulus is a prime or a perfect power
    ClosePrimes,  // found by 100 rounds of Fermat's factorization
    Roca,         // made by the Infineon library of CVE-2017-15361
};
std::string_view explain(RsaFlaw flaw);

// Big-endian numbers; the first flaw in the order above. Some milliseconds; ten for 4096 bits. Thread-safe.
std::optional<RsaFlaw> findRsaFlaw(ByteView modulus, ByteView exponent);

}  // namespace mailca::crypto
