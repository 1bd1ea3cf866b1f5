#include "web/response.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "web/problem.h"
#include "web/wire.h"

namespace mailca::web {
namespace {

TEST(Response, CannotCarryALineBreak) {
    auto response = Response::empty(200);
    for (const std::string& bad : {std::string("a\r\nSet-Cookie: x"), std::string("a\nb"), std::string("a\rb"),
                                   std::string("a\0b", 3), std::string("\x7f")}) {
        EXPECT_THROW(response.add("Location", bad), std::invalid_argument) << bad;
        EXPECT_THROW(response.add(bad, "value"), std::invalid_argument) << bad;
        EXPECT_THROW(Response(200, bad, "body"), std::invalid_argument) << bad;
    }
    EXPECT_THROW(response.add("Na me", "v"), std::invalid_argument);
    EXPECT_THROW(response.add("", "v"), std::invalid_argument);
}

TEST(Response, LeavesFramingToTheServer) {
    auto response = Response::empty(200);
    for (const char* name : {"content-length", "Connection", "Transfer-Encoding", "Content-Type"}) {
        EXPECT_THROW(response.add(name, "1"), std::invalid_argument) << name;
    }
    EXPECT_THROW(Response(100, "text/plain", ""), std::invalid_argument);
    EXPECT_THROW(Response(200, "", "a body of no type"), std::invalid_argument);
}

TEST(Response, IsWrittenWithItsFieldsInOrder) {
    auto response = Response::text(201, "hello").with("Link", "<a>").with("Link", "<b>");
    EXPECT_EQ(serialize(response, BodyPart::Sent, Persistence::KeepAlive),
              "HTTP/1.1 201 Created\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n"
              "Connection: keep-alive\r\nLink: <a>\r\nLink: <b>\r\n\r\nhello");
    EXPECT_EQ(response.field("link"), "<a>");
    EXPECT_EQ(serialize(Response::empty(304), BodyPart::Sent, Persistence::Close),
              "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(serialize(Response::text(200, "xyz"), BodyPart::LeftOut, Persistence::Close)
                    .ends_with("Content-Length: 3\r\nConnection: close\r\n\r\n"));
}

TEST(Problem, TellsTypeDetailAndStatus) {
    const auto response = problem(fail(ErrorKind::BadCsr, "say \"please\"\n\xff"));
    EXPECT_EQ(response.status(), 400);
    EXPECT_EQ(response.contentType(), "application/problem+json");
    const auto document = json::parse(response.body()).value();
    EXPECT_EQ(document.string("type"), "urn:ietf:params:acme:error:badCSR");
    EXPECT_EQ(document.string("detail"), "say \"please\"\n\xef\xbf\xbd");
    EXPECT_EQ(document.integer("status"), 400);
    EXPECT_EQ(response.note(), "");
}

TEST(Problem, HidesWhatOnlyTheLogMayKnow) {
    const auto response = problem(fail(ErrorKind::Store, "disk /var/lib/x is full"));
    EXPECT_EQ(response.status(), 500);
    EXPECT_EQ(response.body().find("disk"), std::string::npos);
    EXPECT_EQ(json::parse(response.body()).value().string("detail"), "internal error");
    EXPECT_EQ(response.note(), "Store: disk /var/lib/x is full");
}

TEST(Problem, NamesTheIdentifierOfEachSubproblem) {
    const ProblemExtras extras{{{fail(ErrorKind::Caa, "CAA forbids it"), "email", "a@b.example"},
                                {fail(ErrorKind::Io, "a socket broke"), "email", "c@d.example"}},
                               {{"algorithms", json::array({"ES256"})}}};
    const auto response = problem(fail(ErrorKind::Compound, "two things are wrong"), extras);
    const auto document = json::parse(response.body()).value();
    const auto* const subproblems = document.array("subproblems");
    ASSERT_TRUE(subproblems != nullptr && subproblems->size() == 2);
    EXPECT_EQ((*subproblems)[0].string("type"), "urn:ietf:params:acme:error:caa");
    EXPECT_EQ((*subproblems)[0].find("identifier")->string("value"), "a@b.example");
    EXPECT_EQ((*subproblems)[1].string("detail"), "internal error");
    EXPECT_EQ(response.note(), "c@d.example: Io: a socket broke");
    EXPECT_EQ(document.array("algorithms")->size(), 1U);
}

TEST(Problem, StandsForAFailedHandler) {
    EXPECT_EQ(orProblem(Response::empty(204)).status(), 204);
    EXPECT_EQ(orProblem(fail(ErrorKind::NotFound, "gone")).status(), 404);
}

}  // namespace
}  // namespace mailca::web
