// Issuing CAs' certificates, from the plain-http URLs that the certificates carry (RFC 5280 section 4.2.2.1, standards
// D18).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/http.h"
#include "core/x509/certificate.h"

namespace mailca::client {

// Fetches each URL once. `http` must outlive it.
class Issuers {
 public:
    explicit Issuers(Http& http) : m_http(http) {}
    // Certificates that may lie between `leaf` and `roots`, bottom up, unverified. Unauthorized when one names no
    // issuer's URL or the chain is too long; Connection.
    Result<std::vector<x509::Certificate>> above(const x509::Certificate& leaf,
                                                 const std::vector<x509::Certificate>& roots);

 private:
    Result<x509::Certificate> fetch(const std::string& url);

    Http& m_http;
    std::map<std::string, x509::Certificate> m_fetched;
};

}  // namespace mailca::client
