// A client that writes octets as a test wants them, well-formed or not, and reads answers strictly.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mailca::web::test {

struct Answer {
    int status = 0;
    std::string head;
    std::string body;
    bool has(std::string_view line) const { return head.find(std::string(line) + "\r\n") != std::string::npos; }
};

enum class BodyOnWire { Expected, Absent };  // Absent: the answer to HEAD

class RawClient final {
 public:
    explicit RawClient(std::uint16_t port, int family = AF_INET, int patienceSeconds = 20)
        : m_descriptor(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval patience{patienceSeconds, 0};
        const int one = 1;
        ::setsockopt(m_descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(m_descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        ::setsockopt(m_descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        v6.sin6_addr = in6addr_loopback;
        const auto* const address =
            family == AF_INET ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
        m_connected = ::connect(m_descriptor, address, family == AF_INET ? sizeof v4 : sizeof v6) == 0;
    }
    ~RawClient() { close(); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    bool connected() const { return m_connected; }
    int descriptor() const { return m_descriptor; }

    bool send(std::string_view octets) const {
        while (!octets.empty()) {
            const auto sent = ::send(m_descriptor, octets.data(), octets.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            octets.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void halfClose() const { ::shutdown(m_descriptor, SHUT_WR); }
    // Closes with RST: what was sent and not read yet is lost.
    void reset() {
        const linger none{1, 0};
        ::setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
        close();
    }

    // The next answer; nullopt when the connection ends, or patience does, before it is complete.
    std::optional<Answer> read(BodyOnWire wire = BodyOnWire::Expected) {
        constexpr std::string_view kEnd = "\r\n\r\n";
        while (m_unread.find(kEnd) == std::string::npos) {
            if (!readMore()) return std::nullopt;
        }
        const auto end = m_unread.find(kEnd) + kEnd.size();
        Answer answer{0, m_unread.substr(0, end - 2), {}};
        m_unread.erase(0, end);
        if (answer.head.size() < 13 || !answer.head.starts_with("HTTP/1.1 ")) return std::nullopt;
        answer.status = std::stoi(answer.head.substr(9, 3));
        const auto length = wire == BodyOnWire::Absent ? 0 : contentLength(answer.head);
        while (m_unread.size() < length) {
            if (!readMore()) return std::nullopt;
        }
        answer.body = m_unread.substr(0, length);
        m_unread.erase(0, length);
        return answer;
    }
    // True when the other side ends the connection without a further octet.
    bool ends() {
        errno = 0;
        char octet = 0;
        return m_unread.empty() && ::recv(m_descriptor, &octet, 1, 0) <= 0 && errno != EAGAIN;
    }
    std::optional<Answer> ask(std::string_view request) { return send(request) ? read() : std::nullopt; }

 private:
    static std::size_t contentLength(const std::string& head) {
        const auto start = head.find("Content-Length: ");
        return start == std::string::npos ? 0 : std::stoul(head.substr(start + 16));
    }
    bool readMore() {
        char buffer[16384];
        const auto received = ::recv(m_descriptor, buffer, sizeof buffer, 0);
        if (received <= 0) return false;
        m_unread.append(buffer, static_cast<std::size_t>(received));
        return true;
    }
    void close() {
        if (m_descriptor >= 0) ::close(m_descriptor);
        m_descriptor = -1;
    }

    int m_descriptor;
    bool m_connected = false;
    std::string m_unread;
};

inline std::string get(std::string_view target, std::string_view fields = {}) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(fields) + "\r\n";
}

inline std::string post(std::string_view target, std::string_view body) {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

}  // namespace mailca::web::test
