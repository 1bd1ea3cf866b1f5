#include "web/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "core/log.h"
#include "web/origin.h"
#include "web/problem.h"

namespace mailca::web {
namespace {

constexpr std::string_view kBreak = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// What a refused client may still send before it is cut off; until then it can read why (RFC 9112 section 9.6).
constexpr std::size_t kMaxDiscarded = 256 * 1024;

}  // namespace

void Service::log(std::string_view line) const {
    std::string clean(line);
    std::replace_if(
        clean.begin(), clean.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, '?');
    if (options.log) {
        options.log(clean);
    } else {
        log::warning("web", {{"what", clean}});
    }
}

Connection::Connection(Service& service, int descriptor, std::string peer, std::unique_ptr<MessageParser> parser)
    : m_service(service),
      m_peer(std::move(peer)),
      m_parser(std::move(parser)),
      m_presence(service.connections, descriptor) {}

void Connection::receive(std::string_view octets) noexcept {
    try {
        if (m_presence.phase() == Phase::Closing) return discard(octets.size());
        m_buffer.append(octets);
        while (m_presence.phase() != Phase::Closing && advance() == Progress::Answered) {
        }
    } catch (const std::exception& exception) {
        m_service.log(std::string("connection dropped: ") + exception.what());
        abandon();
    }
}

void Connection::shed() noexcept {
    try {
        send(problem(fail(ErrorKind::Unavailable, "too many connections; try again in a few seconds"))
                 .with("Retry-After", "5"),
             BodyPart::Sent, Persistence::Close);
    } catch (const std::exception& exception) {
        m_service.log(std::string("connection dropped: ") + exception.what());
    }
    // At once, not when the client agrees: a shed connection must not occupy a descriptor.
    m_presence.enter(Phase::Closing);
    ::shutdown(m_presence.descriptor(), SHUT_RDWR);
}

Connection::Progress Connection::advance() {
    if (!m_head && readHead() == Progress::NeedsMore) return Progress::NeedsMore;
    if (m_buffer.size() < m_head->contentLength) {
        if (std::exchange(m_head->expectation, Expectation::None) == Expectation::Continue &&
            sendAll(m_presence.descriptor(), kContinue, m_service.options.writeTimeout) == Sending::Failed) {
            abandon();
        }
        return Progress::NeedsMore;
    }
    answer();
    return Progress::Answered;
}

// Moves the head of the next request from the buffer to m_head.
Connection::Progress Connection::readHead() {
    while (m_searched == 0 && m_buffer.starts_with(kBreak)) m_buffer.erase(0, kBreak.size());  // RFC 9112 section 2.2
    const auto end = m_buffer.find(kHeadEnd, m_searched);
    const auto size = std::min(end, m_buffer.size());
    if (size > m_service.options.maxHead) {
        refuse({431, "the header is larger than " + std::to_string(m_service.options.maxHead) + " octets"});
        return Progress::NeedsMore;
    }
    if (end == std::string::npos) {
        m_searched = m_buffer.size() < kHeadEnd.size() ? 0 : m_buffer.size() - kHeadEnd.size() + 1;
        return Progress::NeedsMore;
    }
    auto head = parseHead(std::string_view(m_buffer).substr(0, end + kBreak.size()), m_service.options.maxBody);
    if (const auto* refusal = std::get_if<Refusal>(&head)) {
        refuse(*refusal);
        return Progress::NeedsMore;
    }
    m_head = std::get<Head>(std::move(head));
    m_buffer.erase(0, end + kHeadEnd.size());
    m_searched = 0;
    return Progress::Answered;
}

void Connection::answer() {
    m_presence.enter(Phase::Serving);
    const auto length = m_head->contentLength;
    const auto message = m_head->line + "\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
    const auto response = respond(message + m_buffer.substr(0, length));
    m_buffer.erase(0, length);
    m_parser->reset();
    // While stopping, what the client has sent already is answered first.
    const bool last = m_service.connections.stopping() && m_buffer.empty();
    const auto persistence = last ? Persistence::Close : m_head->persistence;
    const auto body = m_head->method == Method::Head ? BodyPart::LeftOut : BodyPart::Sent;
    m_head.reset();
    send(response, body, persistence);
    if (m_presence.phase() == Phase::Serving) m_presence.enter(Phase::Waiting);
}

Response Connection::respond(std::string_view message) {
    const auto line = m_head->line;
    try {
        auto body = m_parser->bodyOf(message);
        if (!body) {
            m_head->persistence = Persistence::Close;
            return problem(body.error());
        }
        Request request{m_head->method,
                        std::move(m_head->path),
                        std::move(m_head->query),
                        std::move(m_head->fields),
                        *std::move(body),
                        {},
                        Via::Direct};
        settleOrigin(request, m_peer, m_service.options.proxySecret);
        auto response = m_service.function(request);
        if (!response.note().empty()) m_service.log(line + ": " + response.note());
        return response;
    } catch (const std::exception& exception) {
        m_service.log(line + ": " + exception.what());
    } catch (...) {
        m_service.log(line + ": something that is no exception was thrown");
    }
    return problem(fail(ErrorKind::ServerInternal, {}));
}

void Connection::refuse(const Refusal& refusal) {
    m_buffer.clear();
    send(problem(refusal.status, fail(ErrorKind::Malformed, refusal.detail)), BodyPart::Sent, Persistence::Close);
}

void Connection::send(const Response& response, BodyPart body, Persistence persistence) {
    const auto octets = serialize(response, body, persistence);
    if (sendAll(m_presence.descriptor(), octets, m_service.options.writeTimeout) == Sending::Failed) {
        abandon();
    } else if (persistence == Persistence::Close) {
        close();
    }
}

// Says that no more comes, and waits for the client to say the same: closing with unread octets would reset the
// connection and could take the answer with it (RFC 9112 section 9.6). The idle timer ends the wait.
void Connection::close() {
    m_presence.enter(Phase::Closing);
    m_buffer.clear();
    ::shutdown(m_presence.descriptor(), SHUT_WR);
}

// Drops client and answer. The worker then reads the end of the connection and closes the descriptor itself.
void Connection::abandon() {
    m_presence.enter(Phase::Closing);
    m_buffer.clear();
    const linger none{1, 0};
    ::setsockopt(m_presence.descriptor(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
    ::shutdown(m_presence.descriptor(), SHUT_RDWR);
}

void Connection::discard(std::size_t octets) {
    m_discarded += octets;
    if (m_discarded > kMaxDiscarded) ::shutdown(m_presence.descriptor(), SHUT_RDWR);
}

}  // namespace mailca::web
