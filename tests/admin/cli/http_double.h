// An admin listener that gives the answers it was told, one a connection, and keeps the requests. Without an answer
// left it closes the connection.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace mailca::test {

class HttpDouble final {
 public:
    HttpDouble() : m_listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        ::sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
        ::socklen_t size = sizeof address;
        auto* const where = reinterpret_cast<::sockaddr*>(&address);
        if (::bind(m_listener, where, size) != 0 || ::listen(m_listener, 8) != 0 ||
            ::getsockname(m_listener, where, &size) != 0) {
            throw std::runtime_error("no port to listen on");
        }
        m_port = ::ntohs(address.sin_port);
        m_thread = std::thread([this] { serve(); });
    }
    ~HttpDouble() {
        ::shutdown(m_listener, SHUT_RDWR);
        m_thread.join();
        ::close(m_listener);
    }
    HttpDouble(const HttpDouble&) = delete;
    HttpDouble& operator=(const HttpDouble&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }
    std::string address() const { return "127.0.0.1:" + std::to_string(m_port); }
    void answer(int status, const std::string& body) {
        const std::lock_guard lock(m_mutex);
        m_answers.push_back("HTTP/1.1 " + std::to_string(status) + " X\r\nConnection: close\r\nContent-Length: " +
                            std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    std::vector<std::string> requests() const {
        const std::lock_guard lock(m_mutex);
        return m_requests;
    }

 private:
    static bool isWhole(const std::string& request) {
        const auto head = request.find("\r\n\r\n");
        if (head == std::string::npos) return false;
        const auto length = request.find("Content-Length: ");
        return length == std::string::npos || request.size() >= head + 4 + std::stoul(request.substr(length + 16));
    }
    void serve() {
        while (true) {
            const int connection = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
            if (connection < 0) return;
            std::string request;
            char buffer[4096];
            while (!isWhole(request)) {
                const ssize_t got = ::recv(connection, buffer, sizeof buffer, 0);
                if (got <= 0) break;
                request.append(buffer, static_cast<std::size_t>(got));
            }
            const std::lock_guard lock(m_mutex);
            m_requests.push_back(request);
            if (!m_answers.empty()) {
                ::send(connection, m_answers.front().data(), m_answers.front().size(), MSG_NOSIGNAL);
                m_answers.pop_front();
            }
            ::close(connection);
        }
    }

    int m_listener;
    std::uint16_t m_port = 0;
    mutable std::mutex m_mutex;
    std::deque<std::string> m_answers;
    std::vector<std::string> m_requests;
    std::thread m_thread;
};

}  // namespace mailca::test
