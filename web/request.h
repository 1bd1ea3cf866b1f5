// A request as a handler sees it: framed, bounded, and with its fields as they were sent. What a client writes is never
// interpreted here beyond RFC 9110's syntax.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace mailca::web {

enum class Method : std::uint8_t { Get, Head, Post, Put, Delete, Options, Other };
std::string_view nameOf(Method method);        // "GET"; "" for Other
Method methodFromName(std::string_view name);  // case-sensitive (RFC 9110 section 9.1)

// Header fields in the order sent; names compare without case.
class HeaderFields {
 public:
    void add(std::string name, std::string value);
    // The first field of that name. A field on which a decision rests must also be asked for its count.
    std::optional<std::string_view> find(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    std::vector<std::string_view> all(std::string_view name) const;
    void remove(std::string_view name);
    void removePrefixed(std::string_view prefix);

 private:
    std::vector<std::pair<std::string, std::string>> m_fields;
};

// Direct: whoever connected. Proxy: the proxy in front, which proved it with the shared secret; only then do X-Real-IP
// and the X-Client-* fields (client certificate) exist, whoever else sends them has them taken away.
enum class Via : std::uint8_t { Direct, Proxy };

// A plain value; tests make their own.
struct Request {
    Method method = Method::Get;
    std::string path = "/";  // as sent: neither decoded nor collapsed
    std::string query;       // as sent, without "?"
    HeaderFields headers;    // without X-Proxy-Secret
    std::string body;
    std::string peer;  // the client's IP address, canonical: "192.0.2.1", "2001:db8::1"
    Via via = Via::Direct;

    std::optional<std::string_view> header(std::string_view name) const { return headers.find(name); }
    // A query parameter, decoded ("+" is a space, as forms write it). nullopt: absent. Malformed: there twice, or badly
    // escaped.
    Result<std::optional<std::string>> queryParameter(std::string_view name) const;
};

// Percent-decoding of one path segment (RFC 3986 section 2.1), strict: a "%" without two hex digits and an encoded NUL
// are Malformed. "+" stays "+".
Result<std::string> decodePercent(std::string_view text);

// Names compare as HTTP's do: ASCII letters without case.
bool equalsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace mailca::web
