// The two character classes that HTTP's fields are made of (RFC 9110 section 5).
#pragma once

#include <algorithm>
#include <string_view>

namespace mailca::web {

constexpr bool isTokenCharacter(char c) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

constexpr bool isToken(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), isTokenCharacter);
}

// Tab, visible ASCII, space and obs-text: no CR, LF or NUL.
constexpr bool isFieldValue(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet == '\t' || (octet >= 0x20 && octet != 0x7F);
    });
}

}  // namespace mailca::web
