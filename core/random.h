// Randomness by constructor. SystemRandom is the operating system's generator; tests bring their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/bytes.h"

namespace mailca {

class Random {
 public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;  // thread-safe; cannot fail

    Bytes bytes(std::size_t count);
    std::string token(std::size_t count);  // that many random bytes, in base64url
};

class SystemRandom final : public Random {
 public:
    void fill(std::span<std::uint8_t> out) override;
};

}  // namespace mailca
