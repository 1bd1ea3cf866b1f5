// One client's connection: collects octets, bounds them, hands over one request at a time and writes its answer at
// once. Lives on one worker thread; stop() only looks at it through Connections.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"
#include "core/secret.h"
#include "web/connections.h"
#include "web/head.h"
#include "web/response.h"
#include "web/server.h"
#include "web/wire.h"

namespace mailca::web {

// The library's request parser, which is given one framed message at a time. reset() starts its idle time anew.
class MessageParser {
 public:
    virtual ~MessageParser() = default;
    // The body of a message that consists of request line, Content-Length and body.
    virtual Result<std::string> bodyOf(std::string_view message) = 0;
    virtual void reset() = 0;
};

// What all connections of a server share.
struct Service {
    Service(ServerOptions serverOptions, RequestFunction requestFunction)
        : options(std::move(serverOptions)), function(std::move(requestFunction)) {}

    const ServerOptions options;
    const RequestFunction function;
    Connections connections;
    // Connections are numbered as they are accepted; a stop sheds all beyond this one.
    std::atomic<std::size_t> lastServed = std::numeric_limits<std::size_t>::max();

    void log(std::string_view line) const;
};

class Connection final {
 public:
    Connection(Service& service, int descriptor, std::string peer, std::unique_ptr<MessageParser> parser);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Answers every request that these octets complete. Never throws.
    void receive(std::string_view octets) noexcept;
    // Tells the client to come back later, and closes.
    void shed() noexcept;

 private:
    enum class Progress : std::uint8_t { Answered, NeedsMore };
    Progress advance();
    Progress readHead();
    void answer();
    Response respond(std::string_view message);
    void refuse(const Refusal& refusal);
    void send(const Response& response, BodyPart body, Persistence persistence);
    void close();
    void abandon();
    void discard(std::size_t octets);

    Service& m_service;
    const std::string m_peer;
    std::unique_ptr<MessageParser> m_parser;
    Presence m_presence;
    std::string m_buffer;
    std::size_t m_searched = 0;  // octets of m_buffer known not to start the end of the head
    std::optional<Head> m_head;  // read already; its octets have left m_buffer
    std::size_t m_discarded = 0;
};

}  // namespace mailca::web
