#include "web/head.h"

#include <gtest/gtest.h>

namespace mailca::web {
namespace {

constexpr std::size_t kMaxBody = 1000;

int statusOf(const std::string& head) {
    const auto parsed = parseHead(head, kMaxBody);
    const auto* const refusal = std::get_if<Refusal>(&parsed);
    return refusal == nullptr ? 200 : refusal->status;
}

Head parsed(const std::string& head) {
    return std::get<Head>(parseHead(head, kMaxBody));
}

std::string withFields(const std::string& fields) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + fields;
}

TEST(Head, SplitsTheTargetAsSent) {
    const struct {
        std::string target, path, query;
    } table[] = {
        {"/", "/", ""},
        {"/a//b/../%2F?x=%20&&y", "/a//b/../%2F", "x=%20&&y"},
        {"/a?b?c", "/a", "b?c"},
        {"http://elsewhere/x?y", "/x", "y"},
        {"HTTP://elsewhere", "/", ""},
        {"http://elsewhere?y", "/", "y"},
    };
    for (const auto& row : table) {
        const auto head = parsed("GET " + row.target + " HTTP/1.1\r\nHost: a\r\n");
        EXPECT_EQ(head.path, row.path) << row.target;
        EXPECT_EQ(head.query, row.query) << row.target;
    }
}

TEST(Head, RefusesRequestLinesThatAreNone) {
    const struct {
        std::string line;
        int status;
    } table[] = {
        {"GET / HTTP/1.1", 200},
        {"GET / HTTP/2.0", 505},
        {"GET /", 400},
        {"GET", 400},
        {"", 400},
        {"GET  / HTTP/1.1", 400},
        {"GET /a b HTTP/1.1", 400},
        {"G@T / HTTP/1.1", 400},
        {"GET / http/1.1", 400},
        {"GET a HTTP/1.1", 400},
        {"GET * HTTP/1.1", 400},
        {"OPTIONS * HTTP/1.1", 200},
        {"GET /\x80 HTTP/1.1", 400},
        {"GET /#f HTTP/1.1", 400},
        {"CONNECT a:1 HTTP/1.1", 400},
        {"GET / HTTP/1.12", 505},
        {"GET /\n HTTP/1.1", 400},
    };
    for (const auto& row : table) EXPECT_EQ(statusOf(row.line + "\r\nHost: a\r\n"), row.status) << row.line;
}

TEST(Head, RefusesWhatTwoProgramsCouldFrameDifferently) {
    const struct {
        std::string fields;
        int status;
    } table[] = {
        {"Content-Length: 5\r\n", 200},
        {"Content-Length: 5\r\nContent-Length: 5\r\n", 400},
        {"Content-Length: 5\r\ncontent-length: 6\r\n", 400},
        {"Content-Length: 5, 5\r\n", 400},
        {"Content-Length: +5\r\n", 400},
        {"Content-Length: -5\r\n", 400},
        {"Content-Length: 0x5\r\n", 400},
        {"Content-Length:\r\n", 400},
        {"Content-Length: 5 5\r\n", 400},
        {"Content-Length: 1001\r\n", 413},
        {"Content-Length: 99999999999999999999999999\r\n", 413},
        {"Transfer-Encoding: chunked\r\n", 411},
        {"Transfer-Encoding: identity\r\n", 411},
        {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 411},
        {"Transfer-Encoding : chunked\r\n", 400},
        {"Transfer-Encoding\r\n", 400},
        {" Transfer-Encoding: chunked\r\n", 400},
        {"X: a\r\n\tTransfer-Encoding: chunked\r\n", 400},  // obs-fold
        {"X: a\nContent-Length: 5\r\n", 400},
        {"X: a\rContent-Length: 5\r\n", 400},
        {std::string("X: a\0b\r\n", 8), 400},
        {": x\r\n", 400},
        {"Host: b\r\n", 400},
        {"Expect: something\r\n", 417},
    };
    for (const auto& row : table) EXPECT_EQ(statusOf(withFields(row.fields)), row.status) << row.fields;
    EXPECT_EQ(statusOf("GET / HTTP/1.1\r\n"), 400) << "RFC 9112 section 3.2: no Host";
    EXPECT_EQ(statusOf("GET / HTTP/1.0\r\n"), 200);
}

TEST(Head, KeepsOddFieldsOfClientsAsTheyAre) {
    const auto head =
        parsed(withFields("Accept: text/html, *; q=.2\r\nCookie: foo\r\nDate: junk\r\nCache-Control: x=1\r\n"
                          "X-Empty:\r\nContent-Type: font/woff2\r\n"));
    EXPECT_EQ(head.fields.find("accept"), "text/html, *; q=.2");
    EXPECT_EQ(head.fields.find("cookie"), "foo");
    EXPECT_EQ(head.fields.find("x-empty"), "");
}

TEST(Head, KnowsWhetherTheConnectionStays) {
    EXPECT_EQ(parsed(withFields("")).persistence, Persistence::KeepAlive);
    EXPECT_EQ(parsed(withFields("Connection: Upgrade, CLOSE\r\n")).persistence, Persistence::Close);
    EXPECT_EQ(parsed("GET / HTTP/1.0\r\n").persistence, Persistence::Close);
    EXPECT_EQ(parsed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n").persistence, Persistence::KeepAlive);
    EXPECT_EQ(parsed(withFields("Expect: 100-Continue\r\n")).expectation, Expectation::Continue);
    EXPECT_EQ(parsed("GET / HTTP/1.0\r\nExpect: 100-continue\r\n").expectation, Expectation::None);
}

}  // namespace
}  // namespace mailca::web
