#include "client/acme/session.h"

#include "client/acme/problem.h"

namespace mailca::client::acme {
namespace {

// A nonce can be lost to a restart of the server, or to one that forgets early, several times in a row.
constexpr int kNonceTries = 10;

}  // namespace

Result<Session> Session::create(Http& http, Directory directory, const crypto::PrivateKey& key,
                                std::string accountUrl) {
    TRY(jose::Jwk jwk, jose::toJwk(key.publicKey()));
    return Session(http, std::move(directory), key, std::move(jwk), std::move(accountUrl));
}

Result<http::Reply> Session::post(const std::string& url, const json::Value& payload) {
    return send(url, payload.dump());
}

Result<http::Reply> Session::fetch(const std::string& url) {
    return send(url, "");
}

Result<std::string> Session::registerAccount(const json::Value& request) {
    m_accountUrl.clear();
    TRY(const http::Reply reply, post(m_directory.newAccount, request));
    m_accountUrl = reply.header("location");
    if (m_accountUrl.empty()) return fail(ErrorKind::Parse, "the server made an account, but does not say where");
    return m_accountUrl;
}

Result<http::Reply> Session::send(const std::string& url, const std::string& payload) {
    TRY(http::Reply reply, sendOnce(url, payload));
    for (int tries = 1; tries < kNonceTries; ++tries) {
        if (reply.status != 400 || problemOf(reply).kind != ErrorKind::BadNonce) break;
        TRY(reply, sendOnce(url, payload));
    }
    if (reply.status < 200 || reply.status > 299) return problemOf(reply);
    return reply;
}

Result<http::Reply> Session::sendOnce(const std::string& url, const std::string& payload) {
    TRY(std::string fresh, nonce());
    jose::ToSign parts{m_jwk, std::move(fresh), url, payload};
    if (!m_accountUrl.empty()) parts.signer = jose::KeyId{m_accountUrl};
    TRY(const std::string body, jose::signJws(parts, m_key));
    TRY(http::Reply reply, m_http.post(url, "application/jose+json", body));
    m_nonce = reply.header("replay-nonce");
    return reply;
}

Result<std::string> Session::nonce() {
    if (!m_nonce.empty()) return std::exchange(m_nonce, "");
    TRY(const http::Reply reply, m_http.head(m_directory.newNonce));
    std::string fresh = reply.header("replay-nonce");
    if (fresh.empty()) {
        return fail(ErrorKind::Connection, m_directory.newNonce + " gives no nonce (status " +
                                               std::to_string(reply.status) + "): is this an ACME server?");
    }
    return fresh;
}

}  // namespace mailca::client::acme
