#include "core/secret.h"

#include <sodium.h>

#include <algorithm>
#include <new>
#include <utility>

namespace mailca {

Secret::Secret(std::size_t size) : m_size(size) {
    if (size == 0) return;
    if (::sodium_init() < 0) throw std::bad_alloc();
    m_data = static_cast<std::uint8_t*>(::sodium_malloc(size));
    if (m_data == nullptr) throw std::bad_alloc();
    std::fill_n(m_data, size, std::uint8_t{0});
}

Secret Secret::copyOf(ByteView bytes) {
    Secret out(bytes.size());
    std::copy(bytes.begin(), bytes.end(), out.m_data);
    return out;
}

Secret Secret::take(std::string& text) {
    Secret out = copyOf(asBytes(text));
    wipe(text);
    return out;
}

Secret Secret::take(Bytes& bytes) {
    Secret out = copyOf(bytes);
    wipe(bytes);
    return out;
}

Secret::~Secret() {
    ::sodium_free(m_data);
}  // wipes first

Secret::Secret(Secret&& other) noexcept
    : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}

void wipe(std::string& text) {
    ::sodium_memzero(text.data(), text.size());
    text.clear();
}

void wipe(Bytes& bytes) {
    ::sodium_memzero(bytes.data(), bytes.size());
    bytes.clear();
}

}  // namespace mailca
