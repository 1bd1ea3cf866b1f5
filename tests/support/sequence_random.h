// Randomness that a test can foresee: the same seed gives the same bytes, in the same order.
#pragma once

#include <mutex>
#include <random>

#include "core/random.h"

namespace mailca::test {

class SequenceRandom final : public Random {
 public:
    explicit SequenceRandom(std::uint64_t seed = 1) : m_engine(seed) {}

    void fill(std::span<std::uint8_t> out) override {
        const std::lock_guard lock(m_mutex);
        for (std::uint8_t& octet : out) octet = static_cast<std::uint8_t>(m_engine() & 0xFF);
    }

 private:
    std::mutex m_mutex;
    std::mt19937_64 m_engine;
};

}  // namespace mailca::test
