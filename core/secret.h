// Secret bytes (pass-phrases, unsealed keys, tokens): in locked memory with guard pages, left out of core dumps, wiped
// when dropped, movable and never copied or printed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace mailca {

class Secret {
 public:
    Secret() = default;
    explicit Secret(std::size_t size);  // zeroed; throws std::bad_alloc when there is no memory
    static Secret copyOf(ByteView bytes);
    // Copies, then wipes the source.
    static Secret take(std::string& text);
    static Secret take(Bytes& bytes);
    ~Secret();
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    std::span<std::uint8_t> bytes() { return {m_data, m_size}; }
    ByteView view() const { return {m_data, m_size}; }
    std::string_view text() const { return asText(view()); }
    bool empty() const { return m_size == 0; }
    bool equals(ByteView other) const { return equalConstantTime(view(), other); }

 private:
    std::uint8_t* m_data = nullptr;
    std::size_t m_size = 0;
};

void wipe(std::string& text);  // overwrites, then clears
void wipe(Bytes& bytes);

}  // namespace mailca
