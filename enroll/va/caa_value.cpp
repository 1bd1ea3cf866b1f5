#include "enroll/va/caa_value.h"

#include <algorithm>

#include "core/text.h"

namespace mailca::va {
namespace {

bool isAlphanumeric(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// label and tag share one form: letters and digits, hyphens inside only.
bool isLabel(std::string_view text) {
    return !text.empty() && isAlphanumeric(text.front()) && isAlphanumeric(text.back()) &&
           std::ranges::all_of(text, [](char c) { return c == '-' || isAlphanumeric(c); });
}

bool isDomain(std::string_view text) {
    while (true) {
        const std::size_t dot = text.find('.');
        if (!isLabel(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text = text.substr(dot + 1);
    }
}

std::optional<CaaParameter> parseParameter(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view tag = trimmed(text.substr(0, equals));
    const std::string_view value = trimmed(text.substr(equals + 1));
    const bool valueGood = std::ranges::all_of(value, [](char c) { return c >= 0x21 && c <= 0x7E && c != ';'; });
    if (!isLabel(tag) || !valueGood) return std::nullopt;
    return CaaParameter{toAsciiLower(tag), std::string(value)};
}

}  // namespace

std::optional<CaaGrant> parseCaaGrant(std::string_view value) {
    const std::size_t semicolon = value.find(';');
    const std::string_view issuer = trimmed(value.substr(0, semicolon));
    if (!issuer.empty() && !isDomain(issuer)) return std::nullopt;
    CaaGrant grant{toAsciiLower(issuer), {}};
    if (semicolon == std::string_view::npos) return grant;

    std::string_view rest = value.substr(semicolon + 1);
    if (trimmed(rest).empty()) return grant;
    while (true) {
        const std::size_t end = rest.find(';');
        auto parameter = parseParameter(rest.substr(0, end));
        if (!parameter) return std::nullopt;
        grant.parameters.push_back(*std::move(parameter));
        if (end == std::string_view::npos) return grant;
        rest = rest.substr(end + 1);
    }
}

}  // namespace mailca::va
