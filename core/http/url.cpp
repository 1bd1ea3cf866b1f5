#include "core/http/url.h"

#include "core/bytes.h"

namespace mailca::http {

std::string percentEncoded(std::string_view text) {
    constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~@";
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (kPlain.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto octet = static_cast<unsigned char>(c);
            out += {'%', kHex[octet >> 4], kHex[octet & 15]};
        }
    }
    return out;
}

Result<std::string> percentDecoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at];
            continue;
        }
        TRY(const Bytes octet, fromHex(text.substr(at + 1, 2)));
        if (octet.size() != 1) return fail(ErrorKind::Parse, "\"%\" without two hexadecimal digits");
        out += static_cast<char>(octet.front());
        at += 2;
    }
    return out;
}

}  // namespace mailca::http
