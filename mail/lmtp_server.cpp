#include "mail/lmtp_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/log.h"

namespace mailca::mail {

namespace {

constexpr int kBacklog = 16;
constexpr std::chrono::milliseconds kIdle{1000};

using SteadyTime = std::chrono::steady_clock::time_point;

// One peer, who must neither keep silent for long nor stay for ever.
class Peer {
 public:
    Peer(int socket, const Interrupt& interrupt, const LmtpOptions& options)
        : m_socket(socket),
          m_interrupt(interrupt),
          m_silence(options.silence),
          m_end(std::chrono::steady_clock::now() + options.conversation) {}

    // Empty: it has gone, or its time is over.
    std::string_view receive() {
        if (!await(POLLIN)) return {};
        const ::ssize_t got = ::recv(m_socket.get(), m_octets.data(), m_octets.size(), MSG_DONTWAIT);
        return {m_octets.data(), static_cast<std::size_t>(std::max<::ssize_t>(got, 0))};
    }
    bool send(std::string_view text) {
        while (!text.empty()) {
            if (!await(POLLOUT)) return false;
            const ::ssize_t sent = ::send(m_socket.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

 private:
    bool await(short events) const {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(m_end - std::chrono::steady_clock::now());
        return m_interrupt.awaits(m_socket.get(), events, std::min(m_silence, left));
    }

    const Descriptor m_socket;
    const Interrupt& m_interrupt;
    const std::chrono::milliseconds m_silence;
    const SteadyTime m_end;
    std::array<char, 16 * 1024> m_octets{};
};

bool isServed(const ::sockaddr_un& address) {
    const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // EAGAIN: a full queue is somebody's queue.
    return ::connect(probe.get(), reinterpret_cast<const ::sockaddr*>(&address), sizeof address) == 0 ||
           errno == EAGAIN;
}

}  // namespace

Result<std::unique_ptr<LmtpServer>> LmtpServer::listenAt(LmtpOptions options, const Maildir& maildir, Random& random) {
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (options.path.empty() || options.path.size() >= sizeof address.sun_path) {
        return fail(ErrorKind::Config,
                    options.path + ": the path of a socket has 1 to 107 octets; choose a shorter one");
    }
    std::copy(options.path.begin(), options.path.end(), address.sun_path);
    if (isServed(address))
        return fail(ErrorKind::Config, options.path + ": another process listens there; end it first");
    struct ::stat facts = {};
    if (::lstat(options.path.c_str(), &facts) == 0 && S_ISSOCK(facts.st_mode)) ::unlink(options.path.c_str());
    Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // Closed to others from its first moment on: the mode of the socket becomes that of the name (unix(7)); then the
    // umask, which no server may change beside other threads, is made up for.
    const bool good = listener && ::fchmod(listener.get(), 0660) == 0 &&
                      ::bind(listener.get(), reinterpret_cast<const ::sockaddr*>(&address), sizeof address) == 0 &&
                      ::chmod(options.path.c_str(), 0660) == 0 && ::listen(listener.get(), kBacklog) == 0;
    if (!good) return fail(ErrorKind::Config, options.path + ": cannot be listened at (" + std::strerror(errno) + ")");
    return std::unique_ptr<LmtpServer>(new LmtpServer(std::move(options), maildir, random, std::move(listener)));
}

LmtpServer::LmtpServer(LmtpOptions options, const Maildir& maildir, Random& random, Descriptor listener)
    : m_options(std::move(options)), m_maildir(maildir), m_random(random), m_listener(std::move(listener)) {}

LmtpServer::~LmtpServer() {
    ::unlink(m_options.path.c_str());
}

Result<void> LmtpServer::turn() {
    if (!m_interrupt.awaits(m_listener.get(), POLLIN, kIdle)) return {};
    const int peer = ::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (peer >= 0) {
        converse(peer);
        return {};
    }
    // Another worker was faster, or the peer has gone already.
    if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR) return {};
    return fail(ErrorKind::Io, m_options.path + ": " + std::strerror(errno));
}

void LmtpServer::stop() {
    m_interrupt.set();
}

void LmtpServer::converse(int socket) {
    Peer peer(socket, m_interrupt, m_options);
    LmtpSession session(m_options.domain,
                        [this](const Envelope& envelope, std::string_view mail) { return deliver(envelope, mail); });
    bool heard = peer.send(session.greeting());
    while (heard && !session.ended()) {
        const std::string_view octets = peer.receive();
        heard = !octets.empty() && peer.send(session.take(octets));
    }
}

// What the last hop knows and the mail does not say (RFC 5321 section 4.4); a bounce shows by its empty path (A46).
Result<void> LmtpServer::deliver(const Envelope& envelope, std::string_view mail) const {
    std::string whole = "Return-Path: <" + envelope.sender + ">\r\n";
    for (const EmailAddress& mailbox : envelope.recipients) whole += "Delivered-To: " + mailbox.text() + "\r\n";
    whole += mail;
    const auto name = m_maildir.deliver(whole, m_random);
    if (!name) {
        log::error("lmtp.not_kept", {{"why", name.error().text()}});
        return name.error();
    }
    return {};
}

}  // namespace mailca::mail
