#include "ca/signer/server.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "ca/signer/messages.h"
#include "core/log.h"

namespace mailca::ca {
namespace {

constexpr std::chrono::seconds kLongestMessage{10};  // between two pieces of one message

}  // namespace

Server::Server(Socket listener, Door& door, ::uid_t client, std::function<void()> keysLost)
    : m_listener(std::move(listener)), m_door(door), m_client(client), m_keysLost(std::move(keysLost)) {
    for (int i = 0; i < kThreads; ++i) m_threads.emplace_back([this] { run(); });
}

Server::~Server() {
    open();
    ::shutdown(m_listener.get(), SHUT_RDWR);
    wait();
}

void Server::open() {
    const std::lock_guard lock(m_mutex);
    m_open = true;
    m_opened.notify_all();
}

void Server::wait() {
    for (std::thread& thread : m_threads) thread.join();
    m_threads.clear();
}

void Server::run() {
    {
        std::unique_lock lock(m_mutex);
        m_opened.wait(lock, [this] { return m_open; });
    }
    while (true) {
        const Socket connection(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (connection.get() >= 0) {
            serve(connection);
        } else if (errno != EINTR && errno != ECONNABORTED && errno != EMFILE) {
            return;
        }
    }
}

bool Server::mayAsk(const Socket& connection) const {
    ::ucred peer{};
    ::socklen_t length = sizeof peer;
    if (::getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
    if (peer.uid == m_client || peer.uid == 0) return true;
    log::error("signer.stranger", {{"uid", std::to_string(peer.uid)}});
    return false;
}

void Server::serve(const Socket& connection) {
    if (!mayAsk(connection)) return;
    connection.limitWaits(kLongestMessage);
    if (!connection.sendRaw(asBytes(messages::kGreeting))) return;
    while (true) {
        ::pollfd one{connection.get(), POLLIN, 0};
        if (::poll(&one, 1, -1) < 0 && errno != EINTR) return;
        const auto request = connection.receive(messages::mostFor);
        if (!request) {
            if (request.error().kind == ErrorKind::Malformed)
                log::error("signer.refused", {{"why", request.error().detail}});
            return;
        }
        const Door::Answer answer = m_door.answer(*request);
        const bool sent = connection.send(answer.octets).has_value();
        if (answer.keysLost) m_keysLost();
        if (!sent) return;
    }
}

}  // namespace mailca::ca
