// The library's worst defect: it queues an answer by descriptor number, so that a client which disconnects at the right
// instant makes the next one read a stranger's answer. The same clients are let loose on our server and on the library
// used as its examples use it; only if the second run shows foreign answers does the first one prove anything.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <random>
#include <thread>
#include <vector>

#include "tests/web/fixture.h"

// Behind ours, because both have a macro TRY and the library's headers use their own.
#include <pistache/endpoint.h>
#include <pistache/http.h>

namespace mailca::web::test {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kHonest = 3;
constexpr int kRude = 3;
constexpr int kRequestsPerConnection = 10;
constexpr long kHonestRequests = 100'000;
constexpr auto kPatience = std::chrono::seconds(480);  // a bound, not an expectation

std::string answerTo(std::string_view query) {
    return "for " + std::string(query);
}

struct Tally {
    std::atomic<long> right = 0;
    std::atomic<long> foreign = 0;
    std::atomic<long> lost = 0;  // closed before its answer
    std::atomic<long> rude = 0;
};

// Sends a request and resets the connection 0 to 200 microseconds later.
void beRude(std::uint16_t port, unsigned seed, const std::atomic<bool>& done, Tally& tally) {
    std::mt19937 random(seed);
    while (!done) {
        RawClient client(port);
        client.send(get("/?rude"));
        ::usleep(static_cast<useconds_t>(random() % 200));
        client.reset();
        ++tally.rude;
    }
}

// Asks with names of its own, several in one packet, and reads whose answers it gets.
void beHonest(std::uint16_t port, int id, int requestsPerConnection, const std::atomic<bool>& done, Tally& tally) {
    for (long connection = 0; !done; ++connection) {
        const auto nameOfRequest = [&](int request) {
            return std::to_string(id) + "." + std::to_string(connection) + "." + std::to_string(request);
        };
        RawClient client(port, AF_INET, 5);
        std::string requests;
        for (int i = 0; i < requestsPerConnection; ++i) requests += get("/?" + nameOfRequest(i));
        client.send(requests);
        for (int i = 0; i < requestsPerConnection; ++i) {
            const auto answer = client.read();
            if (!answer) {
                ++tally.lost;
                break;
            }
            ++(answer->body == answerTo(nameOfRequest(i)) ? tally.right : tally.foreign);
        }
        client.reset();
    }
}

// Lets them loose until `enough` says so, or patience ends.
void letLoose(std::uint16_t port, int requestsPerConnection, Tally& tally, const std::function<bool()>& enough) {
    std::atomic<bool> done = false;
    std::vector<std::jthread> clients;
    for (int i = 0; i < kRude; ++i) {
        clients.emplace_back([&, i] { beRude(port, static_cast<unsigned>(i), done, tally); });
    }
    for (int i = 0; i < kHonest; ++i) {
        clients.emplace_back([&, i] { beHonest(port, i, requestsPerConnection, done, tally); });
    }
    for (const auto end = SteadyClock::now() + kPatience; !enough() && SteadyClock::now() < end;) ::usleep(10'000);
    done = true;
}

TEST(RudeClients, NeverMakeAnotherReadAForeignAnswer) {
    ServerOptions options;
    options.threads = 2;
    options.maxConnections = 8'000;  // on a loaded machine rude ones pile up; shedding is another test's matter
    const auto server =
        serve([](const Request& request) { return Response::text(200, answerTo(request.query)); }, std::move(options));
    Tally tally;
    letLoose(server->port(), kRequestsPerConnection, tally, [&] { return tally.right >= kHonestRequests; });
    EXPECT_EQ(tally.foreign, 0);
    EXPECT_EQ(tally.lost, 0);
    EXPECT_GE(tally.right, kHonestRequests) << "too slow a machine for this bound";
    EXPECT_GT(tally.rude, 0);
    RecordProperty("rude", std::to_string(tally.rude));
}

// The library as shipped: an answer is queued by ResponseWriter::send and leaves later.
class PlainLibrary final : public Pistache::Http::Handler {
 public:
    HTTP_PROTOTYPE(PlainLibrary)
    void onRequest(const Pistache::Http::Request& request, Pistache::Http::ResponseWriter response) override {
        const auto query = request.query().as_str();
        response.send(Pistache::Http::Code::Ok, answerTo(query.substr(std::min<std::size_t>(1, query.size()))));
    }
};

TEST(RudeClients, DoSoWithTheLibraryAsShipped) {
    Pistache::Http::Endpoint endpoint(Pistache::Address(Pistache::IP::loopback(), Pistache::Port(0)));
    endpoint.init(Pistache::Http::Endpoint::options().threads(2));
    endpoint.setHandler(Pistache::Http::make_handler<PlainLibrary>());
    endpoint.serveThreaded();
    Tally tally;
    letLoose(static_cast<std::uint16_t>(endpoint.getPort()), 1, tally, [&] { return tally.foreign > 0; });
    endpoint.shutdown();
    EXPECT_GT(tally.foreign, 0) << "no foreign answer in " << tally.right
                                << " honest requests: these clients would not notice one on our server either";
}

}  // namespace
}  // namespace mailca::web::test
