// Standards F11-F13, F22: OCSP over HTTP as clients and what lies between send it.
#include "repository/ocsp_routes.h"

#include <gtest/gtest.h>

#include "tests/repository/ocsp_fixture.h"
#include "tests/repository/post.h"
#include "tests/support/mutate.h"

namespace mailca::repository {
namespace {

using namespace std::chrono_literals;

class OcspRoutes : public OcspFixture {
 protected:
    OcspRoutes() {
        addOcspRoutes(router, answers, clock);
        statuses.set(issuer().name, serial, ca::ocsp::Good{});
    }
    web::Response get(const std::string& rest, const std::string& ifNoneMatch = "") {
        web::Request request;
        request.path = "/ocsp/" + rest;
        if (!ifNoneMatch.empty()) request.headers.add("If-None-Match", ifNoneMatch);
        return router(request);
    }
    web::Response post(const Bytes& body, const std::string& type = "application/ocsp-request") {
        return repository::post(router, "/ocsp", body, type);
    }
    // A request about a good certificate whose base64 has this piece in it, the serial being what it takes.
    Bytes requestWith(const std::string& piece) {
        for (std::size_t i = 0; i < 20'000; ++i) {
            const Serial wanted = test::must(Serial::fromBytes(random.bytes(17 + i % 3)));
            const Bytes der = request(wanted);
            if (toBase64(der).find(piece) == std::string::npos) continue;
            statuses.set(issuer().name, wanted, ca::ocsp::Good{});
            return der;
        }
        throw std::runtime_error("no request has " + piece);
    }
    static std::string replaced(std::string text, const std::string& what, const std::string& by) {
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
            text.replace(at, what.size(), by);
        }
        return text;
    }
    static bool isMalformed(const web::Response& response) {
        return response.status() == 200 && response.body() == std::string("\x30\x03\x0a\x01\x01", 5);
    }
    web::Router router;
};

TEST_F(OcspRoutes, GetAndPostGiveTheSameAnswer) {  // F11
    const web::Response byGet = get(toBase64(request()));
    ASSERT_EQ(byGet.status(), 200);
    EXPECT_EQ(byGet.contentType(), "application/ocsp-response");
    EXPECT_EQ(post(request()).body(), byGet.body());
    EXPECT_EQ(post(request(), "Application/OCSP-Request; x=y").body(), byGet.body());
    EXPECT_TRUE(test::readAnswer(asBytes(byGet.body()), request(), issuer(), clock.now()).verified);
    EXPECT_EQ(post(request(), "application/octet-stream").status(), 415);
}

TEST_F(OcspRoutes, BaseSixtyFourMayComeRawOrEncoded) {  // F12
    for (const char* piece : {"+", "/", "==", "//"}) {
        const Bytes der = requestWith(piece);
        const std::string raw = toBase64(der);
        const auto asked = ca::ocsp::parseRequest(der)->ids.at(0).der;
        const auto answersIt = [&](const std::string& path) {
            const auto read = readOcspPath(path);
            return read && read->ids.at(0).der == asked;
        };
        const std::string encoded = replaced(replaced(replaced(raw, "+", "%2B"), "/", "%2F"), "=", "%3D");
        EXPECT_TRUE(answersIt(raw)) << raw;
        EXPECT_TRUE(answersIt(encoded)) << encoded;
        EXPECT_TRUE(answersIt(replaced(encoded, "%2F", "%2f"))) << encoded;
        EXPECT_TRUE(answersIt("/" + raw)) << raw;
        EXPECT_TRUE(answersIt("//" + raw)) << raw;
        EXPECT_TRUE(get(encoded).body() == get(raw).body());
    }
}

TEST_F(OcspRoutes, ASlashThatWasMergedIsPutBack) {  // F12
    int mended = 0;
    for (int i = 0; i < 20; ++i) {
        const Bytes der = requestWith("//");
        const std::string raw = toBase64(der), merged = replaced(raw, "//", "/");
        if (merged.size() + 1 != raw.size()) continue;
        const auto read = readOcspPath(merged);
        if (!read) {  // it could have stood at several places: nobody guesses
            EXPECT_GT(std::count(merged.begin(), merged.end(), '/'), 1) << raw;
            continue;
        }
        EXPECT_EQ(read->ids.at(0).der, ca::ocsp::parseRequest(der)->ids.at(0).der);
        ++mended;
    }
    EXPECT_GT(mended, 0);
}

TEST_F(OcspRoutes, WhatIsNoRequestIsMalformed) {  // F12: no white space; "+" is no space
    const std::string good = toBase64(request());
    for (const std::string& bad :
         {std::string("x"), good.substr(1), good + "%20", good + "%0A", "%zz" + good, good + "=", std::string("/"),
          good.substr(0, good.size() - 4), std::string(3, '/') + "abc", std::string(4000, '/') + good + "AAA"}) {
        EXPECT_TRUE(isMalformed(get(bad))) << bad.substr(0, 100);
    }
    EXPECT_TRUE(isMalformed(post({})));
    EXPECT_EQ(get(std::string(4000, '/') + "AAA").field("Cache-Control"), "no-store");
}

TEST_F(OcspRoutes, CacheableAnswersSaySo) {  // F22, M3
    const web::Response answer = get(toBase64(request()));
    EXPECT_EQ(answer.field("Cache-Control"), "max-age=60, public, no-transform, must-revalidate");
    EXPECT_EQ(answer.field("Last-Modified"), toHttpDate(clock.now()));
    EXPECT_EQ(answer.field("Expires"), toHttpDate(clock.now() + 24h));
    const std::string etag(answer.field("ETag"));
    EXPECT_TRUE(etag.size() == 34 && etag.front() == '"' && etag.back() == '"') << etag;

    const web::Response again = get(toBase64(request()), etag);
    EXPECT_EQ(again.status(), 304);
    EXPECT_TRUE(again.body().empty());
    EXPECT_EQ(again.field("ETag"), etag);
    EXPECT_EQ(get(toBase64(request()), "\"another\"").status(), 200);
    revoke();
    EXPECT_EQ(get(toBase64(request()), etag).status(), 200) << "a revocation changes the tag";
    EXPECT_NE(get(toBase64(request())).field("ETag"), etag);
}

TEST_F(OcspRoutes, OtherAnswersAreForOneClientOnly) {  // F20, F22
    const Bytes nonce = test::ocspRequest({{&issuer().certificate, serial}}, random.bytes(32));
    const Bytes unknown = request(Serial::random(random));
    const Bytes foreign = test::ocspRequest({{&issuer().root(), serial}});
    for (const Bytes& der : {nonce, unknown, foreign}) {
        const web::Response answer = post(der);
        EXPECT_EQ(answer.status(), 200);
        EXPECT_EQ(answer.field("Cache-Control"), "no-store");
        EXPECT_EQ(answer.field("ETag"), "");
    }
}

TEST_F(OcspRoutes, HeadAndOtherMethods) {
    web::Request head;
    head.method = web::Method::Head;
    head.path = "/ocsp/" + toBase64(request());
    EXPECT_EQ(router(head).status(), 200);
    head.method = web::Method::Put;
    EXPECT_EQ(router(head).status(), 405);
}

TEST_F(OcspRoutes, MutatedPathsAndBodiesAreAlwaysAnswered) {
    test::mutate(toBytes(toBase64(request())), 2000, [&](ByteView path) {
        const auto status = get(std::string(asText(path))).status();
        EXPECT_TRUE(status == 200 || status == 404) << asText(path);
    });
    test::mutate(request(), 2000, [&](ByteView body) { EXPECT_EQ(post({body.begin(), body.end()}).status(), 200); });
}

}  // namespace
}  // namespace mailca::repository
