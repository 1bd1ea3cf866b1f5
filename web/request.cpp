#include "web/request.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace mailca::web {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 6> kMethods{{{Method::Get, "GET"},
                                                                       {Method::Head, "HEAD"},
                                                                       {Method::Post, "POST"},
                                                                       {Method::Put, "PUT"},
                                                                       {Method::Delete, "DELETE"},
                                                                       {Method::Options, "OPTIONS"}}};

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char l = toAsciiLower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

std::string plusesAsSpaces(std::string_view text) {
    std::string out(text);
    std::replace(out.begin(), out.end(), '+', ' ');
    return out;
}

}  // namespace

std::string_view nameOf(Method method) {
    const auto* const row = std::find_if(kMethods.begin(), kMethods.end(), [&](auto& r) { return r.first == method; });
    return row == kMethods.end() ? std::string_view{} : row->second;
}

Method methodFromName(std::string_view name) {
    const auto* const row = std::find_if(kMethods.begin(), kMethods.end(), [&](auto& r) { return r.second == name; });
    return row == kMethods.end() ? Method::Other : row->first;
}

bool equalsIgnoringCase(std::string_view a, std::string_view b) {
    return equalIgnoringCase(a, b);
}

void HeaderFields::add(std::string name, std::string value) {
    m_fields.emplace_back(std::move(name), std::move(value));
}

std::optional<std::string_view> HeaderFields::find(std::string_view name) const {
    for (const auto& [key, value] : m_fields) {
        if (equalsIgnoringCase(key, name)) return value;
    }
    return std::nullopt;
}

std::size_t HeaderFields::count(std::string_view name) const {
    return all(name).size();
}

std::vector<std::string_view> HeaderFields::all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const auto& [key, value] : m_fields) {
        if (equalsIgnoringCase(key, name)) values.emplace_back(value);
    }
    return values;
}

void HeaderFields::remove(std::string_view name) {
    std::erase_if(m_fields, [&](const auto& field) { return equalsIgnoringCase(field.first, name); });
}

void HeaderFields::removePrefixed(std::string_view prefix) {
    std::erase_if(m_fields, [&](const auto& field) {
        return equalsIgnoringCase(std::string_view(field.first).substr(0, prefix.size()), prefix);
    });
}

Result<std::optional<std::string>> Request::queryParameter(std::string_view name) const {
    std::optional<std::string> found;
    for (std::string_view rest = query; !rest.empty();) {
        const auto end = std::min(rest.find('&'), rest.size());
        const auto pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        TRY(const std::string key, decodePercent(plusesAsSpaces(pair.substr(0, equals))));
        if (key != name) continue;
        if (found) return fail(ErrorKind::Malformed, "the query names \"" + key + "\" twice; name it once");
        TRY(found, decodePercent(plusesAsSpaces(pair.substr(std::min(equals + 1, pair.size())))));
    }
    return found;
}

Result<std::string> decodePercent(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hexDigit(text[i + 2]) : -1;
        if (high < 0 || low < 0) return fail(ErrorKind::Malformed, "a \"%\" in the URL lacks its two hex digits");
        if (high == 0 && low == 0) return fail(ErrorKind::Malformed, "the URL carries an encoded NUL");
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

}  // namespace mailca::web
