// What a placeholder of a statement is bound to: a view of its source, which must live until the call returns.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/bytes.h"
#include "core/clock.h"
#include "core/ids.h"

namespace mailca::store::sqlite {

struct Null {};

using IdOctets = std::array<std::uint8_t, 16>;
template <typename Tag>
IdOctets octetsOf(const Id<Tag>& id) {
    IdOctets octets{};
    std::ranges::copy(fromBase64Url(id.text()).value(), octets.begin());  // 16 of them, or it were no Id
    return octets;
}

class Value final {
 public:
    using Content = std::variant<Null, std::int64_t, std::string_view, ByteView, IdOctets>;

    // NOLINTBEGIN(google-explicit-constructor): a list of values reads like the list of arguments that it is.
    Value(Null) {}
    Value(std::nullopt_t) {}
    Value(std::integral auto number) : m_content(static_cast<std::int64_t>(number)) {}
    Value(Time time) : m_content(toUnix(time)) {}
    Value(std::string_view text) : m_content(text) {}
    Value(const std::string& text) : m_content(std::string_view(text)) {}
    Value(const char* text) : m_content(std::string_view(text)) {}
    Value(ByteView bytes) : m_content(bytes) {}
    Value(const Bytes& bytes) : m_content(ByteView(bytes)) {}
    Value(const Serial& serial) : Value(serial.bytes()) {}
    template <typename Tag>
    Value(const Id<Tag>& id) : m_content(octetsOf(id)) {}
    template <typename T>
    Value(const std::optional<T>& value) : m_content(value ? Value(*value).content() : Content(Null{})) {}
    // NOLINTEND(google-explicit-constructor)

    const Content& content() const { return m_content; }

 private:
    Content m_content;
};

}  // namespace mailca::store::sqlite
