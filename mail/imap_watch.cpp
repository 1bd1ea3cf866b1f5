#include "mail/imap_watch.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/text.h"
#include "mail/curl_session.h"

namespace mailca::mail {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kLongestLine = 8192;
constexpr std::chrono::minutes kIdleAtMost{20};  // RFC 2177: less than 29 minutes
constexpr std::chrono::seconds kWithoutIdle{15};

std::chrono::milliseconds until(SteadyTime end) {
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()),
                    std::chrono::milliseconds{0});
}

// "* 4 EXISTS" (RFC 3501 section 7.3.1).
bool tellsOfMail(std::string_view line) {
    return line.starts_with("* ") && toAsciiLower(line).ends_with(" exists");
}

}  // namespace

// A session that libcurl has opened and logged in to; what is said from then on is ours.
class ImapWatch::Connection {
 public:
    Connection(std::shared_ptr<const ServerOptions> options, const Interrupt& interrupt)
        : m_options(std::move(options)), m_interrupt(interrupt), m_curl("imap", m_options, &interrupt) {}

    Result<void> open() {
        m_curl.prepare("/");
        ::curl_easy_setopt(m_curl.handle(), CURLOPT_CONNECT_ONLY, 1L);
        const CURLcode code = m_curl.perform();
        if (isMisconfiguration(code)) return fail(ErrorKind::Config, m_curl.complaint(code));
        if (code != CURLE_OK) return fail(ErrorKind::Io, m_curl.complaint(code));
        curl_socket_t socket = CURL_SOCKET_BAD;
        ::curl_easy_getinfo(m_curl.handle(), CURLINFO_ACTIVESOCKET, &socket);
        m_socket = socket;
        TRY(const bool selected, command("SELECT INBOX"));
        if (!selected) return fail(ErrorKind::Io, "the IMAP server has no INBOX for this user");
        return idle();
    }

    // Whether the server told of new mail before the time was over.
    Result<bool> wait(std::chrono::milliseconds atMost) {
        const SteadyTime end = std::chrono::steady_clock::now() + atMost;
        while (true) {
            if (m_idles && std::chrono::steady_clock::now() - m_since > kIdleAtMost) {
                TRY_VOID(stopIdling());
                TRY_VOID(idle());
            }
            TRY(const auto line, nextLine(end));
            if (!line) return false;
            if (tellsOfMail(*line)) return true;
        }
    }
    bool idles() const { return m_idles; }

 private:
    SteadyTime deadline() const { return std::chrono::steady_clock::now() + m_options->timeout; }

    Result<void> idle() {
        m_since = std::chrono::steady_clock::now();
        TRY_VOID(send("W IDLE\r\n"));
        while (true) {
            TRY(const auto line, nextLine(deadline()));
            if (!line) return silent();
            m_idles = line->starts_with("+");
            if (m_idles || line->starts_with("W ")) return {};  // NO or BAD: it has none
        }
    }
    Result<void> stopIdling() {
        TRY_VOID(send("DONE\r\n"));
        TRY_VOID(answered());
        return {};
    }

    Result<bool> command(std::string_view text) {
        TRY_VOID(send("W " + std::string(text) + "\r\n"));
        return answered();
    }
    // Whether the tagged answer is OK.
    Result<bool> answered() {
        while (true) {
            TRY(const auto line, nextLine(deadline()));
            if (!line) return silent();
            if (line->starts_with("W ")) return toAsciiLower(*line).starts_with("w ok");
        }
    }

    Error silent() const { return fail(ErrorKind::Io, "the IMAP server does not answer in time"); }
    Error gone() const { return fail(ErrorKind::Io, "the IMAP server has closed the connection"); }

    Result<void> send(std::string_view text) {
        const SteadyTime end = deadline();
        while (!text.empty()) {
            std::size_t sent = 0;
            const CURLcode code = ::curl_easy_send(m_curl.handle(), text.data(), text.size(), &sent);
            if (code != CURLE_OK && code != CURLE_AGAIN) return gone();
            text.remove_prefix(sent);
            if (code == CURLE_AGAIN && !m_interrupt.awaits(m_socket, POLLOUT, until(end))) {
                return silent();
            }
        }
        return {};
    }

    // Without its line end; nullopt: none came in time, or the wait was cut short.
    Result<std::optional<std::string>> nextLine(SteadyTime end) {
        while (true) {
            if (const std::size_t at = m_received.find("\r\n"); at != std::string::npos) {
                std::string line = m_received.substr(0, at);
                m_received.erase(0, at + 2);
                return std::optional(std::move(line));
            }
            if (m_received.size() > kLongestLine) return fail(ErrorKind::Io, "the IMAP server says too long a line");
            std::array<char, 4096> octets{};
            std::size_t got = 0;
            const CURLcode code = ::curl_easy_recv(m_curl.handle(), octets.data(), octets.size(), &got);
            if (code == CURLE_OK && got > 0) {
                m_received.append(octets.data(), got);
            } else if (code != CURLE_AGAIN) {
                return gone();
            } else if (!m_interrupt.awaits(m_socket, POLLIN, until(end))) {
                return std::optional<std::string>();
            }
        }
    }

    const std::shared_ptr<const ServerOptions> m_options;
    const Interrupt& m_interrupt;
    CurlSession m_curl;
    int m_socket = -1;
    bool m_idles = false;
    SteadyTime m_since;  // when the server was last told to idle
    std::string m_received;
};

ImapWatch::ImapWatch(std::shared_ptr<const ServerOptions> server, const Interrupt& interrupt)
    : m_options(std::move(server)), m_interrupt(interrupt) {}
ImapWatch::~ImapWatch() = default;

Result<bool> ImapWatch::wait(std::chrono::milliseconds atMost) {
    if (m_connection == nullptr) {
        auto made = std::make_unique<Connection>(m_options, m_interrupt);
        TRY_VOID(made->open());
        m_connection = std::move(made);
        m_looked = std::chrono::steady_clock::now();
        return true;
    }
    Result<bool> news = m_connection->wait(atMost);
    if (!news) {
        m_connection.reset();
        return news;
    }
    const SteadyTime now = std::chrono::steady_clock::now();
    if (!*news && !m_connection->idles() && now - m_looked > kWithoutIdle) news = true;
    if (*news) m_looked = now;
    return news;
}

}  // namespace mailca::mail
