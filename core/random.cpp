#include "core/random.h"

#include <sodium.h>

#include <stdexcept>

namespace mailca {

Bytes Random::bytes(std::size_t count) {
    Bytes out(count);
    fill(out);
    return out;
}

std::string Random::token(std::size_t count) {
    return toBase64Url(bytes(count));
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
    static const bool ready = ::sodium_init() >= 0;
    if (!ready) throw std::runtime_error("libsodium cannot start: no source of randomness");
    ::randombytes_buf(out.data(), out.size());
}

}  // namespace mailca
