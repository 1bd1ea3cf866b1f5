// What the library gets wrong as shipped (its defects are listed in the platform notes), and HTTP's own rules.
#include "web/server.h"

#include <gtest/gtest.h>

#include <ctime>
#include <mutex>

#include "tests/web/fixture.h"
#include "web/problem.h"
#include "web/route.h"

namespace mailca::web::test {
namespace {

TEST(Server, AnswersOnAPortOfTheSystemsChoice) {
    const auto server = serve();
    ASSERT_NE(server->port(), 0);
    const auto answer = RawClient(server->port()).ask(post("/a/b?x=y", "hello"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "POST /a/b [x=y] hello");
    EXPECT_TRUE(answer->has("Connection: keep-alive"));
}

TEST(Server, ListensOnIpv6Loopback) {
    ServerOptions options;
    options.address = "::1";
    const auto server =
        serve([](const Request& request) { return Response::text(200, request.peer); }, std::move(options));
    EXPECT_EQ(RawClient(server->port(), AF_INET6).ask(get("/"))->body, "::1");
    EXPECT_FALSE(RawClient(server->port(), AF_INET).connected());
}

TEST(Server, RefusesToListenElsewhere) {
    for (const char* address : {"0.0.0.0", "::", "192.0.2.1", "localhost", ""}) {
        ServerOptions options;
        options.address = address;
        const auto server = Server::start(std::move(options), echo);
        ASSERT_FALSE(server) << address;
        EXPECT_EQ(server.error().kind, ErrorKind::Config);
    }
    ServerOptions options;
    options.threads = 256;
    EXPECT_EQ(Server::start(std::move(options), echo).error().kind, ErrorKind::Config);
}

TEST(Server, SaysWhenTheAddressIsTaken) {
    const auto first = serve();
    ServerOptions options;
    options.port = first->port();
    const auto second = Server::start(std::move(options), echo);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::Io);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
    const auto server = serve();
    RawClient client(server->port());
    ASSERT_TRUE(client.send(post("/1", "one") + "\r\n" + get("/2") + post("/3", "three")));
    EXPECT_EQ(client.read()->body, "POST /1 [] one");
    EXPECT_EQ(client.read()->body, "GET /2 [] ");
    EXPECT_EQ(client.read()->body, "POST /3 [] three");
}

TEST(Server, AnswersARequestThatComesOctetByOctet) {
    const auto server = serve();
    RawClient client(server->port());
    for (const char octet : post("/slow", "body")) ASSERT_TRUE(client.send({&octet, 1}));
    EXPECT_EQ(client.read()->body, "POST /slow [] body");
}

TEST(Server, AnswersAClientThatHasClosedItsSide) {
    const auto server = serve();
    RawClient client(server->port());
    ASSERT_TRUE(client.send(get("/half")));
    client.halfClose();
    EXPECT_EQ(client.read()->body, "GET /half [] ");
    EXPECT_TRUE(client.ends());
}

TEST(Server, ClosesWhenTheClientAsks) {
    const auto server = serve();
    for (const std::string& request : {get("/", "Connection: close\r\n"), std::string("GET / HTTP/1.0\r\n\r\n")}) {
        RawClient client(server->port());
        const auto answer = client.ask(request);
        ASSERT_TRUE(answer);
        EXPECT_TRUE(answer->has("Connection: close"));
        EXPECT_TRUE(client.ends());
    }
    RawClient client(server->port());
    const std::string old = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    ASSERT_TRUE(client.ask(old));
    EXPECT_TRUE(client.ask(old));
}

TEST(Server, LeavesTheBodyOutOfHead) {
    Router router;
    router.add(Method::Get, "/", [](const Request&, const PathParameters&) { return Response::text(200, "12345"); });
    const auto server = serve(router);
    RawClient client(server->port());
    ASSERT_TRUE(client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get("/")));
    const auto head = client.read(BodyOnWire::Absent);
    ASSERT_TRUE(head);
    EXPECT_TRUE(head->has("Content-Length: 5"));
    EXPECT_EQ(client.read()->body, "12345");  // and not five octets of HEAD's
}

TEST(Server, SaysContinueToWhoExpectsIt) {
    const auto server = serve();
    RawClient client(server->port());
    const auto interim = client.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    ASSERT_TRUE(interim);
    EXPECT_EQ(interim->status, 100);
    EXPECT_EQ(client.ask("body")->body, "POST / [] body");
}

TEST(Server, RefusesChunkedBodiesAndServesOn) {
    ServerOptions options;
    options.threads = 1;  // a worker that spins would answer nobody again
    const auto server = serve(echo, std::move(options));
    RawClient client(server->port());
    ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r"));
    EXPECT_EQ(client.read()->status, 411);
    EXPECT_TRUE(client.send("\nhello\r\n0\r\n\r\n"));
    timespec before{};
    timespec after{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    EXPECT_TRUE(client.ends());
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(RawClient(server->port()).ask(get("/")));
    ::usleep(300'000);
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    EXPECT_LE(after.tv_sec - before.tv_sec, 1) << "a worker spins";
}

TEST(Server, SurvivesTwentyThousandSlashes) {
    ServerOptions options;
    options.maxHead = 32 * 1024;
    const auto server = serve(Router(), std::move(options));
    RawClient client(server->port());
    EXPECT_EQ(client.ask(get(std::string(20'000, '/')))->status, 404);
    EXPECT_EQ(client.ask(get("/"))->status, 404);
}

TEST(Server, HandsOddFieldsToTheHandler) {
    const auto server = serve([](const Request& request) {
        return Response::text(200, std::string(request.header("accept").value_or("")) + "|" +
                                       std::string(request.header("cookie").value_or("")) + "|" +
                                       std::string(request.header("content-type").value_or("")));
    });
    const auto answer = RawClient(server->port())
                            .ask(get("/",
                                     "Accept: text/html, *; q=.2\r\nCookie: foo\r\nDate: junk\r\n"
                                     "Cache-Control: x=1\r\nContent-Type: font/woff2\r\nAuthorization: ?\r\n"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "text/html, *; q=.2|foo|font/woff2");
    EXPECT_EQ(RawClient(server->port()).ask("GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n")->status, 200);
}

TEST(Server, AnswersWhateverAHandlerThrows) {
    std::mutex mutex;
    std::string logged;
    ServerOptions options;
    options.log = [&](std::string_view line) {
        const std::lock_guard lock(mutex);
        logged.append(line).append("\n");
    };
    const auto server = serve(
        [](const Request& request) -> Response {
            if (request.path == "/int") throw 42;
            if (request.path == "/exception") throw std::runtime_error("secret reason");
            if (request.path == "/inject") return Response::empty(302).with("Location", "/\r\nX-Injected: 1");
            if (request.path == "/hidden") return problem(fail(ErrorKind::Store, "secret table"));
            return Response::empty(204);
        },
        std::move(options));
    RawClient client(server->port());
    for (const char* path : {"/int", "/exception", "/inject", "/hidden"}) {
        const auto answer = client.ask(get(path));
        ASSERT_TRUE(answer) << path;
        EXPECT_EQ(answer->status, 500) << path;
        EXPECT_EQ(answer->body.find("secret"), std::string::npos);
        EXPECT_EQ(answer->head.find("Injected"), std::string::npos);
    }
    EXPECT_EQ(client.ask(get("/"))->status, 204);
    server->stop();
    EXPECT_NE(logged.find("GET /exception HTTP/1.1: secret reason"), std::string::npos);
    EXPECT_NE(logged.find("GET /int"), std::string::npos);
    EXPECT_NE(logged.find("Store: secret table"), std::string::npos);
}

TEST(Server, BelievesTheProxyOnlyWithItsSecret) {
    ServerOptions options;
    options.proxySecret = Secret::copyOf(asBytes("s3cret"));
    const auto server =
        serve([](const Request& request) { return Response::text(200, request.peer); }, std::move(options));
    RawClient client(server->port());
    EXPECT_EQ(client.ask(get("/", "X-Real-IP: 192.0.2.7\r\nX-Proxy-Secret: s3cret\r\n"))->body, "192.0.2.7");
    EXPECT_EQ(client.ask(get("/", "X-Real-IP: 192.0.2.7\r\nX-Proxy-Secret: s3creT\r\n"))->body, "127.0.0.1");
}

TEST(Server, NeverReadsAHiddenRequestOutOfABody) {
    const std::string hidden = get("/smuggled");
    const auto server = serve();
    const struct {
        std::string octets;
        int status;
    } table[] = {
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n" + hidden, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
         411},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n" + hidden, 413},
        {"GET / HTTP/1.1\nHost: a\n\n" + hidden, 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n" + hidden, 431},
    };
    for (const auto& row : table) {
        RawClient client(server->port());
        client.send(row.octets);
        const auto answer = client.read();
        ASSERT_TRUE(answer) << row.octets;
        EXPECT_EQ(answer->status, row.status);
        EXPECT_TRUE(answer->has("Content-Type: application/problem+json"));
        EXPECT_TRUE(answer->has("Connection: close"));
        EXPECT_TRUE(client.ends()) << "a second answer: " << row.octets.substr(0, 60);
    }
}

}  // namespace
}  // namespace mailca::web::test
