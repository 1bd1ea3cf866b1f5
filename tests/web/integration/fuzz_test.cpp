// Mutated requests, the same ones every time: the server must stay alive and keep its answers well-formed.
#include <gtest/gtest.h>

#include <random>

#include "tests/web/fixture.h"
#include "web/route.h"

namespace mailca::web::test {
namespace {

constexpr int kRequests = 4000;

std::string mutate(std::string octets, std::mt19937& random) {
    static constexpr std::string_view kSpice[] = {"\r\n",
                                                  "\n",
                                                  ":",
                                                  " ",
                                                  "%",
                                                  "\r\n\r\n",
                                                  "Content-Length: 7\r\n",
                                                  "/",
                                                  "Transfer-Encoding: chunked\r\n",
                                                  "{",
                                                  "?",
                                                  "HTTP/1.1",
                                                  "-5\r\n"};
    const auto below = [&random](std::size_t bound) { return random() % bound; };
    for (auto changes = below(6) + 1; changes > 0; --changes) {
        const auto at = below(octets.size());
        switch (below(4)) {
            case 0:
                octets[at] = static_cast<char>(below(256));
                break;
            case 1:
                octets.insert(at, kSpice[below(std::size(kSpice))]);
                break;
            case 2:
                octets.erase(at, below(8) + 1);
                break;
            default:
                octets.insert(at, octets.substr(below(octets.size()), below(20)));
                break;
        }
        if (octets.empty()) octets = "G";
    }
    return octets;
}

TEST(MutatedRequests, NeverBreakTheServer) {
    const std::string seeds[] = {get("/a/%41?x=%20y", "Accept: */*\r\nCookie: a=b\r\n"), post("/a/b", "{\"a\":1}"),
                                 "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                                 "HEAD /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc"};
    Router router;
    const auto function = [](const Request& request, const PathParameters& parameters) {
        const auto x = request.queryParameter("x");
        return Response::text(200, parameters.at("rest") + (x && *x ? **x : "") + request.body);
    };
    router.add(Method::Get, "/a/{rest}", function).add(Method::Post, "/a/{rest...}", function);
    const auto server = serve(router);
    std::mt19937 random(8823);
    for (int i = 0; i < kRequests; ++i) {
        RawClient client(server->port());
        client.send(mutate(seeds[random() % std::size(seeds)], random));
        client.halfClose();
        std::string octets;
        char buffer[4096];
        for (ssize_t got = 0; (got = ::recv(client.descriptor(), buffer, sizeof buffer, 0)) > 0;) {
            octets.append(buffer, static_cast<std::size_t>(got));
        }
        ASSERT_TRUE(octets.empty() || octets.starts_with("HTTP/1.1 ")) << octets;
    }
    EXPECT_EQ(RawClient(server->port()).ask(get("/a/b?x=y"))->body, "by");
}

}  // namespace
}  // namespace mailca::web::test
