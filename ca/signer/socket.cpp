#include "ca/signer/socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

namespace mailca::ca {
namespace {

constexpr int kBacklog = 64;
constexpr std::size_t kStep = 256 * 1024;  // a length alone makes nobody hold more memory than that

Error gone() {
    return fail(ErrorKind::Unavailable, std::string("the signer cannot be reached (") + std::strerror(errno) + ")");
}

Result<::sockaddr_un> addressOf(const std::string& path) {
    ::sockaddr_un out{};
    out.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof out.sun_path) {
        return fail(ErrorKind::Config, path + ": the path of a socket has 1 to 107 octets; choose a shorter one");
    }
    std::copy(path.begin(), path.end(), out.sun_path);
    return out;
}

const ::sockaddr* generic(const ::sockaddr_un& address) {
    return reinterpret_cast<const ::sockaddr*>(&address);
}

// A signer whose daemon was killed may still be ending.
bool isServed(const std::string& path) {
    for (int i = 0; i < 20; ++i) {
        if (!Socket::connectTo(path)) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    return true;
}

}  // namespace

Result<Socket> Socket::listenAt(const std::string& path) {
    TRY(const ::sockaddr_un address, addressOf(path));
    Socket made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (isServed(path)) return fail(ErrorKind::Config, path + ": another process listens there; end it first");
    ::unlink(path.c_str());
    // Closed to others from its first moment on: the mode of the socket becomes that of the name (unix(7)).
    const bool good = made.get() >= 0 && ::fchmod(made.get(), 0600) == 0 &&
                      ::bind(made.get(), generic(address), sizeof address) == 0 && ::listen(made.get(), kBacklog) == 0;
    if (!good) return fail(ErrorKind::Config, path + ": cannot be listened at (" + std::strerror(errno) + ")");
    return made;
}

Result<Socket> Socket::connectTo(const std::string& path) {
    TRY(const ::sockaddr_un address, addressOf(path));
    Socket made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (made.get() < 0) return gone();
    made.limitWaits(std::chrono::seconds{1});  // with the backlog full, connect() waits
    if (::connect(made.get(), generic(address), sizeof address) != 0) return gone();
    return made;
}

bool Socket::isListening() const {
    int listening = 0, domain = 0;
    ::socklen_t length = sizeof listening;
    return ::getsockopt(get(), SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening == 1 &&
           ::getsockopt(get(), SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_UNIX;
}

void Socket::limitWaits(std::chrono::milliseconds atMost) const {
    const ::timeval limit{atMost.count() / 1000, (atMost.count() % 1000) * 1000};
    ::setsockopt(get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

bool Socket::isQuiet() const {
    ::pollfd one{get(), POLLIN, 0};
    return ::poll(&one, 1, 0) == 0;
}

Result<void> Socket::sendRaw(ByteView octets) const {
    while (!octets.empty()) {
        const ssize_t sent = ::send(get(), octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return gone();
        octets = octets.subspan(static_cast<std::size_t>(sent));
    }
    return {};
}

Result<void> Socket::receiveRaw(std::span<std::uint8_t> octets) const {
    while (!octets.empty()) {
        const ssize_t got = ::recv(get(), octets.data(), octets.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got == 0) errno = ECONNRESET;
        if (got <= 0) return gone();
        octets = octets.subspan(static_cast<std::size_t>(got));
    }
    return {};
}

Result<void> Socket::send(ByteView message) const {
    Bytes frame;
    frame.reserve(message.size() + 4);
    for (int shift = 24; shift >= 0; shift -= 8) frame.push_back(static_cast<std::uint8_t>(message.size() >> shift));
    frame.insert(frame.end(), message.begin(), message.end());
    return sendRaw(frame);
}

Result<Bytes> Socket::receive(const std::function<std::size_t(std::uint8_t)>& mostFor) const {
    std::array<std::uint8_t, 5> head{};
    TRY_VOID(receiveRaw(head));
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length = length << 8 | head[i];
    if (length == 0 || length > mostFor(head[4])) {
        return fail(ErrorKind::Malformed, "a message between daemon and signer is longer than any can be");
    }
    Bytes message{head[4]};
    while (message.size() < length) {
        const std::size_t have = message.size();
        message.resize(std::min(length, have + kStep));
        TRY_VOID(receiveRaw(std::span(message).subspan(have)));
    }
    return message;
}

}  // namespace mailca::ca
