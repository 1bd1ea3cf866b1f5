// The client's door to the web: ACME, the exchange, CRLs and issuer certificates. A port, so that tests bring a server
// of their own.
#pragma once

#include <string>
#include <string_view>

#include "core/http/client.h"
#include "core/result.h"

namespace mailca::client {

// Errors as http::Client has them: Connection when there is no answer; any status is an answer.
class Http {
 public:
    virtual ~Http() = default;
    virtual Result<http::Reply> get(const std::string& url, const std::string& accept) = 0;
    virtual Result<http::Reply> head(const std::string& url) = 0;
    virtual Result<http::Reply> post(const std::string& url, const std::string& contentType, std::string_view body) = 0;
};

class CurlHttp final : public Http {
 public:
    explicit CurlHttp(http::ClientOptions options) : m_client(std::move(options)) {}
    Result<http::Reply> get(const std::string& url, const std::string& accept) override;
    Result<http::Reply> head(const std::string& url) override;
    Result<http::Reply> post(const std::string& url, const std::string& contentType, std::string_view body) override;

 private:
    http::Client m_client;
};

// RFC 8555 section 6.1 wants https, and the roots are pinned at first use over it. Plain http only within this machine.
// Config error that names `what` otherwise.
Result<void> checkConfidential(const std::string& url, const std::string& what);

}  // namespace mailca::client
