// An HTTP/1.1 listener on loopback with limits on everything; TLS, HTTP/2 and the outside world belong to the proxy in
// front. Built on Pistache's listener and worker threads, and on nothing else of it: the library queues an answer by
// the number of its descriptor, and only an answer that is written in the thread that owns the connection can never
// reach another client (docs/decisions/web.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/secret.h"
#include "web/request.h"
#include "web/response.h"

namespace mailca::web {

// Runs to completion in a worker thread, many at once: it may wait for its durable commit and for nothing else. What it
// throws is answered with 500 and logged.
using RequestFunction = std::function<Response(const Request&)>;
using LogFunction = std::function<void(std::string_view)>;  // thread-safe; one line, without line break

struct ServerOptions {
    std::string address = "127.0.0.1";              // "127.x.y.z" or "::1"; anything else is refused
    std::uint16_t port = 0;                         // 0: the system's choice, see Server::port()
    std::size_t threads = 4;                        // 1..255; a connection stays on one of them
    std::size_t maxHead = 16 * 1024;                // octets of request line and fields; beyond: 431
    std::size_t maxBody = 64 * 1024;                // octets; beyond: 413
    std::size_t maxConnections = 512;               // beyond: a short 503
    std::chrono::milliseconds idleTimeout{10'000};  // to send one whole request, and between two (checked every 500 ms)
    std::chrono::milliseconds writeTimeout{5'000};  // for the client to take one whole answer
    std::chrono::milliseconds drainTimeout{10'000};  // how long stop() looks for requests that have already arrived
    Secret proxySecret;                              // X-Proxy-Secret's value; empty: no proxy is believed
    LogFunction log;                                 // empty: core/log.h
};

class Server final {
 public:
    // Listens when it returns. Errors: Config for options out of range or too few descriptors, Io when the address
    // cannot be bound. Ignores SIGPIPE for the process; raises its soft limit of descriptors when that is too low.
    static Result<std::unique_ptr<Server>> start(ServerOptions options, RequestFunction function);
    ~Server();  // stops
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const;
    // Answers every request that arrived whole before the call, sheds connections that come later with 503, then closes
    // everything. Returns when no handler runs any more. Safe to call twice; not from a handler.
    void stop();

 private:
    class Engine;
    explicit Server(std::unique_ptr<Engine> engine);
    std::unique_ptr<Engine> m_engine;
};

}  // namespace mailca::web
