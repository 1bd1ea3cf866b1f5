#include "mail/curl_session.h"

#include <sys/socket.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <utility>

namespace mailca::mail {

namespace {

// A server may hang up on an idle connection after a minute; one that is older is not used again.
constexpr long kMaxIdleSeconds = 30;

void initializeOnce() {
    static std::once_flag once;
    std::call_once(once, [] { ::curl_global_init(CURL_GLOBAL_DEFAULT); });
}

// "::1" -> "[::1]" (RFC 3986 section 3.2.2).
std::string authority(const ServerOptions& options) {
    const bool ipv6 = options.host.find(':') != std::string::npos;
    return (ipv6 ? "[" + options.host + "]" : options.host) + ":" + std::to_string(options.port);
}

// libcurl asks about every second, whatever the server does.
int isCalledOff(void* interrupt, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const Interrupt*>(interrupt)->isSet() ? 1 : 0;
}

}  // namespace

CurlSession::CurlSession(std::string_view protocol, std::shared_ptr<const ServerOptions> options,
                         const Interrupt* interrupt)
    : m_handle((initializeOnce(), ::curl_easy_init())),
      m_protocol(protocol),
      m_options(std::move(options)),
      m_interrupt(interrupt) {
    if (m_handle == nullptr) throw std::bad_alloc();
}

CurlSession::~CurlSession() {
    // libcurl would say QUIT on every open connection and wait two minutes for the answer of a server that is silent.
    curl_socket_t open = CURL_SOCKET_BAD;
    if (::curl_easy_getinfo(m_handle, CURLINFO_ACTIVESOCKET, &open) == CURLE_OK && open != CURL_SOCKET_BAD) {
        ::shutdown(open, SHUT_RDWR);
    }
    ::curl_easy_cleanup(m_handle);
}

void CurlSession::prepare(const std::string& path) {
    const bool tls = m_options->security == ConnectionSecurity::Tls;
    const std::string protocols = m_protocol + "," + m_protocol + "s";
    const std::string url = m_protocol + (tls ? "s://" : "://") + authority(*m_options) + path;
    ::curl_easy_reset(m_handle);  // keeps the connections
    m_error[0] = '\0';
    ::curl_easy_setopt(m_handle, CURLOPT_ERRORBUFFER, m_error);
    ::curl_easy_setopt(m_handle, CURLOPT_PROTOCOLS_STR, protocols.c_str());
    ::curl_easy_setopt(m_handle, CURLOPT_URL, url.c_str());
    ::curl_easy_setopt(m_handle, CURLOPT_PROXY, "");  // the environment's proxies are for the web
    ::curl_easy_setopt(m_handle, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(m_handle, CURLOPT_TIMEOUT, static_cast<long>(m_options->timeout.count()));
    ::curl_easy_setopt(m_handle, CURLOPT_MAXAGE_CONN, kMaxIdleSeconds);
    if (m_interrupt != nullptr) {
        ::curl_easy_setopt(m_handle, CURLOPT_XFERINFOFUNCTION, &isCalledOff);
        ::curl_easy_setopt(m_handle, CURLOPT_XFERINFODATA, const_cast<Interrupt*>(m_interrupt));
        ::curl_easy_setopt(m_handle, CURLOPT_NOPROGRESS, 0L);
    }
    const bool startTls = m_options->security == ConnectionSecurity::StartTls;
    ::curl_easy_setopt(m_handle, CURLOPT_USE_SSL, static_cast<long>(startTls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    if (!m_options->caFile.empty()) ::curl_easy_setopt(m_handle, CURLOPT_CAINFO, m_options->caFile.c_str());
    if (!m_options->user.empty()) {
        std::string password(m_options->password.text());
        ::curl_easy_setopt(m_handle, CURLOPT_USERNAME, m_options->user.c_str());
        ::curl_easy_setopt(m_handle, CURLOPT_PASSWORD, password.c_str());
        wipe(password);
    }
}

CURLcode CurlSession::perform() {
    return ::curl_easy_perform(m_handle);
}

std::string CurlSession::complaint(CURLcode code) const {
    std::string why = m_error[0] != '\0' ? m_error : ::curl_easy_strerror(code);
    std::replace_if(
        why.begin(), why.end(), [](char c) { return c < ' ' || c > '~'; }, ' ');
    return m_protocol + " server " + authority(*m_options) + ": " + why;
}

bool isMisconfiguration(CURLcode code) {
    switch (code) {
        case CURLE_LOGIN_DENIED:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_USE_SSL_FAILED:
        case CURLE_URL_MALFORMAT:
            return true;
        default:
            return false;
    }
}

}  // namespace mailca::mail
