#include "tests/support/mutate.h"

#include <random>

namespace mailca::test {
namespace {

void changeOnce(Bytes& bytes, std::mt19937& engine) {
    const auto below = [&engine](std::size_t bound) { return engine() % bound; };
    const auto at = [&] { return bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size())); };
    if (bytes.empty()) {
        bytes.push_back(static_cast<std::uint8_t>(engine()));
        return;
    }
    switch (below(5)) {
        case 0:
            *at() ^= static_cast<std::uint8_t>(1u << below(8));
            break;
        case 1:
            *at() = static_cast<std::uint8_t>(engine());
            break;
        case 2:
            bytes.resize(below(bytes.size()));
            break;
        case 3:
            bytes.insert(at(), static_cast<std::uint8_t>(engine()));
            break;
        default: {
            const Bytes piece(at(), bytes.end());
            bytes.insert(at(), piece.begin(), piece.end());
            break;
        }
    }
}

}  // namespace

void mutate(const Bytes& seed, int rounds, const std::function<void(ByteView)>& parse, unsigned run) {
    std::mt19937 engine(run);
    for (int round = 0; round < rounds; ++round) {
        Bytes variant = seed;
        const auto changes = 1 + engine() % 3;
        for (std::size_t i = 0; i < changes; ++i) changeOnce(variant, engine);
        parse(variant);
    }
}

}  // namespace mailca::test
