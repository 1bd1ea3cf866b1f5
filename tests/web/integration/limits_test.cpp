// Clients that take more than their share: of octets, of connections, of time.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "tests/web/fixture.h"

namespace mailca::web::test {
namespace {

ServerOptions oneThread() {
    ServerOptions options;
    options.threads = 1;
    return options;
}

TEST(Limits, AreExact) {
    auto options = oneThread();
    options.maxHead = 200;
    options.maxBody = 10;
    const auto server = serve(echo, std::move(options));
    const auto bare = get("/", "X: \r\n").size() - 4;  // without the empty line
    EXPECT_EQ(RawClient(server->port()).ask(get("/", "X: " + std::string(200 - bare, 'a') + "\r\n"))->status, 200);
    EXPECT_EQ(RawClient(server->port()).ask(get("/", "X: " + std::string(201 - bare, 'a') + "\r\n"))->status, 431);
    EXPECT_EQ(RawClient(server->port()).ask(post("/", std::string(10, 'b')))->status, 200);
    EXPECT_EQ(RawClient(server->port()).ask(post("/", std::string(11, 'b')))->status, 413);
}

TEST(Limits, EndAHeadThatNeverEnds) {
    const auto server = serve(echo, oneThread());
    RawClient client(server->port());
    while (client.send(std::string(4000, 'a'))) {
        if (::recv(client.descriptor(), nullptr, 0, MSG_DONTWAIT | MSG_PEEK) == 0) break;
    }
    const auto answer = client.read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 431);
}

TEST(Limits, LetTheClientReadWhyItsBodyIsRefused) {
    const auto server = serve(echo, oneThread());
    RawClient client(server->port());
    client.send(post("/", std::string(150'000, 'b')));
    EXPECT_EQ(client.read()->status, 413);
}

TEST(Limits, ShedConnectionsBeyondTheLimit) {
    auto options = oneThread();
    options.maxConnections = 2;
    const auto server = serve(echo, std::move(options));
    RawClient first(server->port());
    auto second = std::make_unique<RawClient>(server->port());
    ASSERT_TRUE(first.ask(get("/")));
    ASSERT_TRUE(second->ask(get("/")));
    RawClient third(server->port());
    const auto answer = third.read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 503);
    EXPECT_TRUE(answer->has("Retry-After: 5"));
    EXPECT_TRUE(third.ends());
    EXPECT_TRUE(first.ask(get("/")));
    second.reset();
    int status = 0;
    for (int attempt = 0; attempt < 100 && status != 200; ++attempt) {  // until the server has noticed
        const auto retried = RawClient(server->port()).ask(get("/"));
        status = retried ? retried->status : 0;
    }
    EXPECT_EQ(status, 200);
}

TEST(Limits, CutSilentAndDrippingClients) {
    auto options = oneThread();
    options.idleTimeout = std::chrono::milliseconds(600);
    const auto server = serve(echo, std::move(options));
    RawClient silent(server->port());
    RawClient dripping(server->port());
    RawClient afterOne(server->port());
    ASSERT_TRUE(afterOne.ask(get("/")));
    ASSERT_TRUE(dripping.send("GET / HTTP/1.1\r\nX: "));
    bool cut = false;
    for (int i = 0; i < 200 && !cut; ++i) {
        cut = !dripping.send("a");
        ::usleep(50'000);
    }
    EXPECT_TRUE(cut) << "every drop started the time anew";
    EXPECT_TRUE(silent.ends());
    EXPECT_TRUE(afterOne.ends());
}

TEST(Limits, DropAClientThatDoesNotReadItsAnswer) {
    auto options = oneThread();
    options.writeTimeout = std::chrono::milliseconds(300);
    const auto server = serve(
        [](const Request& request) {
            return Response::text(200, std::string(request.path == "/large" ? 20'000'000 : 1, 'x'));
        },
        std::move(options));
    RawClient stuck(server->port());
    ASSERT_TRUE(stuck.send(get("/large")));
    EXPECT_TRUE(RawClient(server->port()).ask(get("/")));  // by the only worker, after it has given up
    EXPECT_FALSE(stuck.read()) << "the answer was cut";
}

TEST(Limits, GiveASlowReaderItsTime) {
    const auto server = serve([](const Request&) { return Response::text(200, std::string(20'000'000, 'x')); });
    RawClient client(server->port());
    ASSERT_TRUE(client.send(get("/")));
    ::usleep(200'000);
    EXPECT_EQ(client.read()->body.size(), 20'000'000U);
}

}  // namespace
}  // namespace mailca::web::test
