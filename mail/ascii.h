// ASCII without the locale: mail headers and tag lists know no other letters.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace mailca::mail {

inline bool isBlank(char c) {
    return c == ' ' || c == '\t';
}
inline char asciiLower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
inline std::string asciiLower(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return asciiLower(c); });
    return lower;
}

}  // namespace mailca::mail
