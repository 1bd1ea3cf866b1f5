// Whether a certificate has been revoked, by the CRL at the URL it carries (RFC 5280 section 6.3). Not knowing is an
// error: whoever can block the CRL must not be able to hide a revocation.
#pragma once

#include <map>
#include <string>

#include "client/http.h"
#include "core/clock.h"
#include "core/x509/crl.h"

namespace mailca::client {

// Fetches each URL once. What it is given must outlive it.
class Revocation {
 public:
    Revocation(Http& http, const Clock& clock) : m_http(http), m_clock(clock) {}
    // `issuer` is the certificate above it in a verified path. Unauthorized with the date when it is revoked, or the
    // reason why that cannot be told.
    Result<void> check(const x509::Certificate& certificate, const x509::Certificate& issuer);

 private:
    Result<x509::Crl> fetch(const std::string& url);

    Http& m_http;
    const Clock& m_clock;
    std::map<std::string, x509::Crl> m_fetched;
};

}  // namespace mailca::client
