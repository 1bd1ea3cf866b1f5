// A file descriptor that is closed when its owner goes.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/bytes.h"

namespace mailca {

// Move-only. Negative: none, as open() and its like say when they fail; errno is theirs until the next call.
class Descriptor final {
 public:
    explicit Descriptor(int number = -1) : m_number(number) {}
    ~Descriptor() {
        if (m_number >= 0) ::close(m_number);
    }
    Descriptor(Descriptor&& other) noexcept : m_number(std::exchange(other.m_number, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(m_number, other.m_number);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int get() const { return m_number; }
    explicit operator bool() const { return m_number >= 0; }

 private:
    int m_number;
};

// Every octet, in as many calls as it takes; false with errno when one fails.
inline bool writeAll(const Descriptor& file, ByteView content) {
    while (!content.empty()) {
        const ::ssize_t written = ::write(file.get(), content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        content = content.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace mailca
