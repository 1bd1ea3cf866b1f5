// What happens in so many of a hundred cases: for the chaos switches of a test installation.
#pragma once

#include <array>
#include <cstdint>

#include "core/random.h"

namespace mailca::ra {

// 0 and 100 are certain, and draw nothing.
inline bool happens(int percent, Random& random) {
    if (percent <= 0 || percent >= 100) return percent > 0;
    std::array<std::uint8_t, 4> drawn{};
    random.fill(drawn);
    std::uint32_t number = 0;
    for (const std::uint8_t octet : drawn) number = (number << 8) | octet;
    return number % 100 < static_cast<std::uint32_t>(percent);
}

}  // namespace mailca::ra
