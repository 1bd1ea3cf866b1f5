// A stop loses no request that has arrived.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "tests/web/fixture.h"

namespace mailca::web::test {
namespace {

constexpr int kClients = 64;

// Blocks handlers until the test lets go, and counts who has come.
struct Gate {
    std::atomic<int> entered = 0;
    std::latch open{1};

    Response pass(const Request& request) {
        ++entered;
        open.wait();
        return echo(request);
    }
};

std::vector<std::unique_ptr<RawClient>> connect(const Server& server, const std::string& request) {
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < kClients; ++i) {
        clients.push_back(std::make_unique<RawClient>(server.port()));
        EXPECT_TRUE(clients.back()->send(request));
    }
    return clients;
}

class Stop : public testing::TestWithParam<std::size_t> {};

// With 64 threads most requests wait in handlers, with 3 most of them still lie unread in the kernel.
TEST_P(Stop, AnswersEveryRequestThatHasArrived) {
    ServerOptions options;
    options.threads = GetParam();
    Gate gate;
    const auto server = serve([&](const Request& request) { return gate.pass(request); }, std::move(options));
    const auto clients = connect(*server, get("/1") + get("/2"));
    while (gate.entered == 0) std::this_thread::yield();
    ::usleep(100'000);  // for the system to hand over all 64
    std::jthread stopping([&] { server->stop(); });
    ::usleep(50'000);
    gate.open.count_down();
    for (const auto& client : clients) {
        const auto first = client->read();
        const auto second = client->read();
        ASSERT_TRUE(first && second);
        EXPECT_EQ(first->body, "GET /1 [] ");
        EXPECT_EQ(second->body, "GET /2 [] ");
        EXPECT_TRUE(client->ends());
    }
}

INSTANTIATE_TEST_SUITE_P(Threads, Stop, testing::Values(3U, 64U));

TEST(Stop, ShedsWhoComesLater) {
    ServerOptions options;
    options.threads = 8;
    Gate gate;
    const auto server = serve([&](const Request& request) { return gate.pass(request); }, std::move(options));
    RawClient early(server->port());
    ASSERT_TRUE(early.send(get("/early")));
    while (gate.entered == 0) std::this_thread::yield();
    std::jthread stopping([&] { server->stop(); });
    ::usleep(100'000);
    bool shed = false;  // a late client may land on the blocked worker, then on another
    std::vector<std::unique_ptr<RawClient>> late;
    for (int i = 0; i < 4; ++i) {
        late.push_back(std::make_unique<RawClient>(server->port(), AF_INET, 1));
        const auto answer = late.back()->read();
        shed = shed || (answer && answer->status == 503);
    }
    EXPECT_TRUE(shed);
    gate.open.count_down();
    EXPECT_EQ(early.read()->body, "GET /early [] ");
    EXPECT_EQ(gate.entered, 1);
}

TEST(Stop, ClosesIdleAndHalfSentConnections) {
    const auto server = serve();
    RawClient idle(server->port());
    RawClient partial(server->port());
    ASSERT_TRUE(idle.ask(get("/")));
    ASSERT_TRUE(partial.ask(get("/")));
    ASSERT_TRUE(partial.send("GET /never HTTP/1.1\r\n"));
    server->stop();
    EXPECT_TRUE(idle.ends());
    EXPECT_TRUE(partial.ends());
    server->stop();  // twice does no harm
}

TEST(Stop, MayFollowTheStartAtOnce) {
    for (int i = 0; i < 20; ++i) serve()->stop();
}

}  // namespace
}  // namespace mailca::web::test
