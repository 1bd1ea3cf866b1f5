#include "bench/load/smtp_receiver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace mailca::bench {
namespace {

constexpr std::size_t kChunk = 16 * 1024;
constexpr int kBacklog = 128;

bool sendAll(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t sent = ::send(descriptor, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;  // also a peer that does not read its answers
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

Error failed(const std::string& what) {
    return fail(ErrorKind::Io, "the SMTP receiver cannot " + what + ": " + std::strerror(errno));
}

}  // namespace

struct SmtpReceiver::Connection {
    int descriptor;
    SmtpDialogue dialogue;
};

Result<std::unique_ptr<SmtpReceiver>> SmtpReceiver::start(std::uint16_t port, Deliver deliver) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0) return failed("make a socket");
    const int on = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t length = sizeof address;
    auto* const where = reinterpret_cast<::sockaddr*>(&address);
    if (::bind(listener, where, length) != 0 || ::listen(listener, kBacklog) != 0 ||
        ::getsockname(listener, where, &length) != 0) {
        const Error error = failed("listen on port " + std::to_string(port));
        ::close(listener);
        return error;
    }
    const int wakeUp = ::eventfd(0, EFD_CLOEXEC);
    if (wakeUp < 0) {
        ::close(listener);
        return failed("make an eventfd");
    }
    return std::unique_ptr<SmtpReceiver>(
        new SmtpReceiver(listener, wakeUp, ntohs(address.sin_port), std::move(deliver)));
}

SmtpReceiver::SmtpReceiver(int listener, int wakeUp, std::uint16_t port, Deliver deliver)
    : m_listener(listener), m_wakeUp(wakeUp), m_port(port), m_deliver(std::move(deliver)) {
    m_thread = std::thread([this] { serve(); });
}

SmtpReceiver::~SmtpReceiver() {
    ::eventfd_write(m_wakeUp, 1);
    m_thread.join();
    ::close(m_listener);
    ::close(m_wakeUp);
}

void SmtpReceiver::serve() {
    std::vector<Connection> connections;
    while (true) {
        std::vector<::pollfd> polled{{m_wakeUp, POLLIN, 0}, {m_listener, POLLIN, 0}};
        for (const Connection& one : connections) polled.push_back({one.descriptor, POLLIN, 0});
        if (::poll(polled.data(), polled.size(), -1) < 0) continue;  // EINTR
        if (polled[0].revents != 0) break;
        for (std::size_t i = connections.size(); i-- > 0;) {
            if (polled[i + 2].revents == 0 || readFrom(connections[i])) continue;
            ::close(connections[i].descriptor);
            connections.erase(connections.begin() + static_cast<std::ptrdiff_t>(i));
        }
        if (polled[1].revents != 0) accept(connections);
    }
    for (const Connection& one : connections) ::close(one.descriptor);
}

void SmtpReceiver::accept(std::vector<Connection>& connections) {
    const int descriptor = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0) return;  // gone again
    if (connections.size() == kMaxConnections || !sendAll(descriptor, SmtpDialogue::greeting())) {
        ::close(descriptor);
        return;
    }
    connections.push_back({descriptor, SmtpDialogue(m_deliver)});
}

// Whether the connection goes on.
bool SmtpReceiver::readFrom(Connection& connection) {
    std::array<char, kChunk> buffer;
    const ssize_t got = ::recv(connection.descriptor, buffer.data(), buffer.size(), 0);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    const std::string answer = connection.dialogue.take({buffer.data(), static_cast<std::size_t>(got)});
    return sendAll(connection.descriptor, answer) && !connection.dialogue.ended();
}

}  // namespace mailca::bench
