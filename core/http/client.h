// A plain HTTP client over libcurl, for the programs on the outside (mailca, mailca-admin). One instance a thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace mailca::http {

struct ClientOptions {
    std::string caFile;  // PEM anchors for https; empty: the system's
    seconds timeout{30};
    std::size_t maxBody = 4u << 20;
};

struct Reply {
    int status = 0;
    std::map<std::string, std::vector<std::string>> headers;  // names in lower case
    std::string body;
    std::string header(const std::string& lowerCaseName) const;  // the first, or ""
};

class Client {
 public:
    explicit Client(ClientOptions options);
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    using Headers = std::vector<std::pair<std::string, std::string>>;
    // The environment's proxies (http_proxy, ...) are used, but never for this machine's own addresses.
    // Connection: no answer (with what to check). Any status is an answer. Redirects are not followed.
    Result<Reply> get(const std::string& url, const Headers& headers = {});
    Result<Reply> head(const std::string& url);
    Result<Reply> post(const std::string& url, const std::string& contentType, std::string_view body,
                       const Headers& headers = {});

 private:
    struct Session;
    std::unique_ptr<Session> m_session;
};

}  // namespace mailca::http
