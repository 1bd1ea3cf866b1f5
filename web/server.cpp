#include "web/server.h"

#include <arpa/inet.h>
#include <sys/resource.h>

#include <csignal>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

#include "web/connection.h"

// Behind ours, because both have a macro TRY; from here on it is the library's.
#include <pistache/endpoint.h>
#include <pistache/http.h>
#include <pistache/peer.h>

namespace mailca::web {
namespace {

constexpr std::size_t kMaxThreads = 255;            // of the library's reactor
constexpr std::size_t kDescriptorsPerThread = 8;    // its epoll, timer and event descriptors
constexpr std::size_t kDescriptorsForOthers = 256;  // store, log, other listeners, connections being shed
constexpr const char* kConnectionData = "mailca.connection";
constexpr auto kQuietLook = std::chrono::milliseconds(10);
constexpr int kQuietLooks = 3;

class PistacheParser final : public MessageParser {
 public:
    explicit PistacheParser(std::shared_ptr<Pistache::Http::RequestParser> parser) : m_parser(std::move(parser)) {}

    Result<std::string> bodyOf(std::string_view message) override {
        try {
            if (!m_parser->feed(message.data(), message.size()) ||
                m_parser->parse() != Pistache::Http::Private::State::Done) {
                return fail(ErrorKind::Malformed, "the request is not complete");
            }
            return m_parser->request.body();
        } catch (const Pistache::Http::HttpError& error) {
            return fail(ErrorKind::Malformed, error.what());
        }
    }
    void reset() override { m_parser->reset(); }

 private:
    std::shared_ptr<Pistache::Http::RequestParser> m_parser;
};

// The library clones one for each worker; they share the service.
class Input final : public Pistache::Http::Handler {
 public:
    HTTP_PROTOTYPE(Input)
    explicit Input(std::shared_ptr<Service> service) : m_service(std::move(service)) {}

    void onRequest(const Pistache::Http::Request&, Pistache::Http::ResponseWriter) override {}

    void onConnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
        const auto& options = m_service->options;
        // The library asks every peer's parser for its time; "idle" for good makes it close without queueing an answer.
        const auto parser = std::make_shared<Pistache::Http::RequestParser>(options.maxHead + options.maxBody + 64);
        peer->putData(ParserData, parser);
        peer->setIdle(true);
        const auto connection = std::make_shared<Connection>(*m_service, peer->fd(), peer->address().host(),
                                                             std::make_unique<PistacheParser>(parser));
        peer->putData(kConnectionData, connection);
        const bool late = peer->getID() > m_service->lastServed;
        if (late || m_service->connections.count() > options.maxConnections) connection->shed();
    }

    void onInput(const char* buffer, std::size_t length, const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
        std::static_pointer_cast<Connection>(peer->getData(kConnectionData))->receive({buffer, length});
    }

 private:
    std::shared_ptr<Service> m_service;
};

Result<void> checkOptions(const ServerOptions& options) {
    in_addr v4{};
    const bool loopback = options.address == "::1" ||
                          (::inet_pton(AF_INET, options.address.c_str(), &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
    if (!loopback) {
        return fail(ErrorKind::Config,
                    "\"" + options.address + "\" is not a loopback address; listen on 127.0.0.1 or ::1");
    }
    if (options.threads < 1 || options.threads > kMaxThreads) {
        return fail(ErrorKind::Config, "a listener takes 1 to " + std::to_string(kMaxThreads) + " threads");
    }
    if (options.maxConnections < 1 || options.maxHead < 1) {
        return fail(ErrorKind::Config, "a listener's limits must not be zero");
    }
    return {};
}

// Without descriptors the accepting thread would spin, so there must be enough for all connections it lets in.
Result<void> ensureDescriptors(const ServerOptions& options) {
    const rlim_t needed = options.maxConnections + options.threads * kDescriptorsPerThread + kDescriptorsForOthers;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return fail(ErrorKind::Io, "cannot read the limit of descriptors");
    if (limit.rlim_cur >= needed) return {};
    limit.rlim_cur = needed;
    if (needed > limit.rlim_max || ::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return fail(ErrorKind::Config, "the listener needs " + std::to_string(needed) +
                                           " descriptors; raise LimitNOFILE or lower its connections");
    }
    return {};
}

}  // namespace

class Server::Engine {
 public:
    explicit Engine(std::shared_ptr<Service> service) : m_service(std::move(service)) {}

    void listen() {
        const auto& options = m_service->options;
        const auto host = options.address == "::1" ? "[::1]" : options.address;
        m_endpoint.emplace(Pistache::Address(host, Pistache::Port(options.port)));
        m_endpoint->init(Pistache::Http::Endpoint::options()
                             .threads(static_cast<int>(options.threads))
                             .keepaliveTimeout(options.idleTimeout)
                             .flags(Pistache::Tcp::Options::ReuseAddr | Pistache::Tcp::Options::NoDelay |
                                    Pistache::Tcp::Options::CloseOnExec));
        m_endpoint->setHandler(Pistache::Http::make_handler<Input>(m_service));
        m_endpoint->serveThreaded();
        m_port = static_cast<std::uint16_t>(m_endpoint->getPort());
    }

    std::uint16_t port() const { return m_port; }

    void stop() {
        if (!m_endpoint) return;
        // The library cannot stop accepting before it stops its workers, so who comes from now on is shed: connections
        // are numbered as they are accepted.
        m_service->lastServed = Pistache::Tcp::Peer::Create(-1, Pistache::Address())->getID();
        m_service->connections.beginStop();
        awaitQuiet();
        // Workers finish the batch they have read before they end, and destruction joins them.
        m_service->connections.closeInThisThread();
        m_endpoint->shutdown();
        m_endpoint.reset();
    }

 private:
    // Requests that lie in the kernel count as arrived. Several looks, because between the read and the first line of
    // our code a request is in neither place, and because a freed worker first has to find its next connection.
    void awaitQuiet() const {
        const auto deadline = std::chrono::steady_clock::now() + m_service->options.drainTimeout;
        for (int looks = 0; looks < kQuietLooks && std::chrono::steady_clock::now() < deadline;) {
            looks = m_service->connections.quiet() ? looks + 1 : 0;
            std::this_thread::sleep_for(kQuietLook);
        }
    }

    std::shared_ptr<Service> m_service;
    std::optional<Pistache::Http::Endpoint> m_endpoint;
    std::uint16_t m_port = 0;
};

Server::Server(std::unique_ptr<Engine> engine) : m_engine(std::move(engine)) {}

Server::~Server() {
    stop();
}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, RequestFunction function) {
    TRY_VOID(checkOptions(options));
    TRY_VOID(ensureDescriptors(options));
    std::signal(SIGPIPE, SIG_IGN);
    const auto where = options.address + ":" + std::to_string(options.port);
    try {
        auto engine = std::make_unique<Engine>(std::make_shared<Service>(std::move(options), std::move(function)));
        engine->listen();
        return std::unique_ptr<Server>(new Server(std::move(engine)));
    } catch (const std::exception& exception) {
        return fail(ErrorKind::Io, "cannot listen on " + where + ": " + exception.what());
    }
}

std::uint16_t Server::port() const {
    return m_engine->port();
}

void Server::stop() {
    m_engine->stop();
}

}  // namespace mailca::web
