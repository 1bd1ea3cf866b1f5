#include "client/http.h"

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

}  // namespace mailca::client
