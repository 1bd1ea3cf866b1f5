#include "client/http.h"

#include "core/bytes.h"

namespace mailca::client {

Result<http::Reply> CurlHttp::get(const std::string& url, const std::string& accept) {
    return m_client.get(url, {{"Accept", accept}});
}

Result<http::Reply> CurlHttp::head(const std::string& url) {
    return m_client.head(url);
}

Result<http::Reply> CurlHttp::post(const std::string& url, const std::string& contentType, std::string_view body) {
    return m_client.post(url, contentType, body);
}

Result<void> checkConfidential(const std::string& url, const std::string& what) {
    if (url.starts_with("https://")) return {};
    for (const std::string_view host : {"127.0.0.1", "localhost", "[::1]"}) {
        const std::string start = "http://" + std::string(host);
        if (!url.starts_with(start)) continue;
        if (url.size() == start.size() || url[start.size()] == ':' || url[start.size()] == '/') return {};
    }
    return fail(ErrorKind::Config,
                what + " is " + url + ", but must begin with https:// (http:// is for this machine's own 127.0.0.1)");
}

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

}  // namespace mailca::client
