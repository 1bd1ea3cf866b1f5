// Signed requests to an ACME server (RFC 8555 section 6): nonces, JWS, problems.
#pragma once

#include <string>

#include "client/acme/directory.h"
#include "client/http.h"
#include "core/crypto/key.h"
#include "core/jose/jws.h"
#include "core/json/json.h"

namespace mailca::client::acme {

// One account's requests. Not thread-safe. What it is given by reference must outlive it.
class Session {
 public:
    // `accountUrl` empty: requests are signed with the key itself (jwk), until registerAccount() has been called.
    static Result<Session> create(Http& http, Directory directory, const crypto::PrivateKey& key,
                                  std::string accountUrl);

    // A 2xx answer. A badNonce is tried again with a fresh nonce, up to nine times (section 6.5); any other problem is
    // an Error.
    Result<http::Reply> post(const std::string& url, const json::Value& payload);
    Result<http::Reply> fetch(const std::string& url);  // POST-as-GET
    // The account of the key, made when it is new (section 7.3). The account's URL.
    Result<std::string> registerAccount(const json::Value& request);

    const Directory& directory() const { return m_directory; }
    const std::string& thumbprint() const { return m_jwk.thumbprint; }  // of the account key, RFC 7638

 private:
    Session(Http& http, Directory directory, const crypto::PrivateKey& key, jose::Jwk jwk, std::string accountUrl)
        : m_http(http),
          m_directory(std::move(directory)),
          m_key(key),
          m_jwk(std::move(jwk)),
          m_accountUrl(std::move(accountUrl)) {}
    Result<http::Reply> send(const std::string& url, const std::string& payload);
    Result<http::Reply> sendOnce(const std::string& url, const std::string& payload);
    Result<std::string> nonce();

    Http& m_http;
    Directory m_directory;
    const crypto::PrivateKey& m_key;
    jose::Jwk m_jwk;
    std::string m_accountUrl;
    std::string m_nonce;  // from the last answer
};

}  // namespace mailca::client::acme
