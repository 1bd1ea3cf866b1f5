// Standards F3, F7, F8, F10, D47: shards are there before the first certificate, follow a revocation, and never go
// back.
#include "repository/crl_schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/x509/crl.h"
#include "repository/routes.h"
#include "tests/ca/support.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sequence_random.h"

namespace mailca::repository {
namespace {

// The port's contract in memory.
class BookInMemory final : public CrlBook {
 public:
    struct Scope {
        std::optional<Signed> latest;
        RevokedCertificates revoked;
        std::uint64_t madeFrom = 0;  // of which revision `latest` is
    };
    std::map<CrlScope, Scope> scopes;

    Result<CrlState> state(const CrlScope& scope) override {
        const Scope& it = scopes[scope];
        if (!it.latest) return CrlState{};
        return CrlState{it.latest->facts, it.madeFrom != it.revoked.revision};
    }
    Result<RevokedCertificates> revoked(const CrlScope& scope, Time) override { return scopes[scope].revoked; }
    Result<std::optional<Signed>> latest(const CrlScope& scope) override { return scopes[scope].latest; }
    Result<void> store(const CrlScope& scope, const Signed& crl, std::uint64_t revision) override {
        Scope& it = scopes[scope];
        if (it.latest && crl.facts.number <= it.latest->facts.number)
            return fail(ErrorKind::Conflict, "the number went back");
        it.latest = crl;
        it.madeFrom = revision;
        return {};
    }
    void revoke(const std::string& issuer, int shard, const Serial& serial, Time at) {
        for (const CrlScope& scope : {CrlScope{issuer, shard}, CrlScope{issuer, std::nullopt}}) {
            RevokedCertificates& revoked = scopes[scope].revoked;
            revoked.entries.push_back({serial, at, 4});
            std::ranges::sort(revoked.entries, {}, [](const auto& entry) { return entry.serial.bytes(); });
            ++revoked.revision;
        }
    }
};

class Schedule : public ::testing::Test {
 protected:
    static const test::AuthorityOnDisk& disk() {
        static const test::AuthorityOnDisk made;
        return made;
    }
    static const ca::Authority& authority() { return disk().authority(); }
    static const ca::Issuer& issuer() { return *authority().forHierarchy("smime"); }
    static int allCrls() {  // the shards, and a complete one
        int count = 0;
        for (const auto& each : authority().issuers()) count += each->crlShards + 1;
        return count;
    }
    x509::Crl latest(std::optional<int> shard) {
        return *x509::Crl::fromDer(book.scopes[{issuer().name, shard}].latest->der);
    }

    test::FakeClock clock{std::chrono::time_point_cast<seconds>(std::chrono::system_clock::now())};
    test::SequenceRandom random;
    BookInMemory book;
    ca::LocalSigner signer = test::localSigner(disk(), clock, random);
    CrlSchedule schedule{authority(), signer, book, clock, CrlPolicy{}};
};

TEST_F(Schedule, SignsEveryShardBeforeItsFirstUse) {  // F7
    EXPECT_EQ(*schedule.signDue(), allCrls());
    const x509::Crl crl = latest(0);
    EXPECT_TRUE(crl.verifySignature(issuer().certificate));
    EXPECT_EQ(crl.distributionPoint(), issuer().crlUrl(0));  // F4
    EXPECT_TRUE(crl.revoked().empty());
    EXPECT_LE(*crl.nextUpdate() - crl.thisUpdate(), 10 * 24h);  // D47
    EXPECT_EQ(*schedule.signDue(), 0) << "nothing is due a second time";
}

TEST_F(Schedule, FollowsARevocationInItsShardOnly) {
    ASSERT_TRUE(schedule.signDue());
    const Serial serial = Serial::random(random);
    book.revoke(issuer().name, 0, serial, clock.now());
    clock.advance(10s);
    EXPECT_EQ(*schedule.signDue(), 1);
    const x509::Crl crl = latest(0);
    EXPECT_EQ(*crl.number(), 2u);  // F3
    ASSERT_TRUE(crl.find(serial));
    EXPECT_EQ(crl.find(serial)->reason, 4);
}

TEST_F(Schedule, TheCompleteCrlCountsForItselfAndFollowsWithinTheHour) {  // F3, F4
    ASSERT_TRUE(schedule.signDue());
    const Serial serial = Serial::random(random);
    book.revoke(issuer().name, 0, serial, clock.now());
    clock.advance(1h - 1s);
    EXPECT_EQ(*schedule.signDue(), 1) << "the shard";
    EXPECT_FALSE(latest(std::nullopt).find(serial));
    book.revoke(issuer().name, 0, Serial::random(random), clock.now());
    clock.advance(1s);
    EXPECT_EQ(*schedule.signDue(), 2);
    EXPECT_TRUE(latest(std::nullopt).find(serial));
    EXPECT_EQ(latest(std::nullopt).distributionPoint(), "");
    EXPECT_EQ(*latest(std::nullopt).number(), 2u);
    EXPECT_EQ(*latest(0).number(), 3u);
    clock.advance(1h);
    EXPECT_EQ(*schedule.signDue(), 0);
}

TEST_F(Schedule, SignsAgainWellBeforeNextUpdate) {  // F10
    ASSERT_TRUE(schedule.signDue());
    clock.advance(2 * 24h);
    EXPECT_EQ(*schedule.signDue(), 0);
    clock.advance(2 * 24h);
    EXPECT_EQ(*schedule.signDue(), allCrls());
}

TEST_F(Schedule, NeverGoesBackWithTheClock) {  // F10
    ASSERT_TRUE(schedule.signDue());
    const Time first = latest(0).thisUpdate();
    clock.advance(-1h);
    book.revoke(issuer().name, 0, Serial::random(random), clock.now());
    ASSERT_TRUE(schedule.signDue());
    EXPECT_GT(latest(0).thisUpdate(), first) << "HTTP tells them apart by it";
    EXPECT_EQ(*latest(0).number(), 2u);
}

TEST_F(Schedule, WakeCutsTheWaitShort) {
    ASSERT_TRUE(schedule.signDue());
    book.revoke(issuer().name, 0, Serial::random(random), clock.now());
    schedule.wake();
    EXPECT_EQ(*schedule.turn(std::chrono::hours(1)), 1);
}

TEST_F(Schedule, StopEndsTheRestBetweenTwoTurns) {
    schedule.wake();
    ASSERT_TRUE(schedule.turn(std::chrono::hours(1)));
    schedule.stop();
    EXPECT_EQ(*schedule.turn(std::chrono::hours(1)), 0);
}

class Routes : public Schedule {
 protected:
    Routes() {
        EXPECT_TRUE(schedule.signDue());
        addRoutes(router, authority(), rootCrls, book, clock);
    }
    web::Response get(const std::string& path, const std::string& ifNoneMatch = "") {
        web::Request request;
        request.path = path;
        if (!ifNoneMatch.empty()) request.headers.add("If-None-Match", ifNoneMatch);
        return router(request);
    }
    web::Response getSince(const std::string& path, const std::string& date) {
        web::Request request;
        request.path = path;
        request.headers.add("If-Modified-Since", date);
        return router(request);
    }
    RootCrls rootCrls{authority(), disk().folder()};
    // The path of a URL that certificates carry.
    static std::string pathOf(const std::string& url) { return url.substr(authority().baseUrl().size()); }
    web::Router router;
};

TEST_F(Routes, ServeWhatCertificatesPointTo) {  // F8, F9
    const web::Response crl = get(pathOf(issuer().crlUrl(0)));
    ASSERT_EQ(crl.status(), 200);
    EXPECT_EQ(crl.contentType(), "application/pkix-crl");
    EXPECT_TRUE(x509::Crl::fromDer(asBytes(crl.body())));
    EXPECT_EQ(crl.field("Last-Modified"), toHttpDate(latest(0).thisUpdate()));
    EXPECT_EQ(crl.field("Cache-Control"), "public, max-age=30");

    const web::Response certificate = get(pathOf(issuer().certificateUrl()));
    ASSERT_EQ(certificate.status(), 200);
    EXPECT_EQ(certificate.contentType(), "application/pkix-cert");
    EXPECT_EQ(toBytes(certificate.body()), issuer().certificate.der());
    for (const std::string& url : issuer().certificate.crlUrls()) EXPECT_EQ(get(pathOf(url)).status(), 200) << url;
    for (const std::string& url : issuer().certificate.caIssuersUrls())
        EXPECT_EQ(get(pathOf(url)).status(), 200) << url;
}

TEST_F(Routes, EtagAndDateFollowTheNumber) {  // F8
    clock.advance(2s);
    for (const std::string& path : {pathOf(issuer().crlUrl(0)), "/crl/" + issuer().name + ".crl"}) {
        const web::Response first = get(path);
        const std::string etag(first.field("ETag")), date(first.field("Last-Modified"));
        for (const web::Response& again : {get(path, etag), get(path, "\"other\", W/" + etag), getSince(path, date)}) {
            EXPECT_EQ(again.status(), 304) << path;
            EXPECT_EQ(again.body(), "");
            EXPECT_EQ(again.field("ETag"), etag) << "RFC 9110 section 15.4.5";
            EXPECT_EQ(again.field("Cache-Control"), first.field("Cache-Control"));
        }
        book.revoke(issuer().name, 0, Serial::random(random), clock.now());
        clock.advance(1h);
        ASSERT_TRUE(schedule.signDue());
        EXPECT_EQ(get(path, etag).status(), 200) << path;
        EXPECT_EQ(getSince(path, date).status(), 200) << path;
    }
}

TEST_F(Routes, TheCompleteCrlStandsBesideTheShards) {
    const web::Response crl = get("/crl/" + issuer().name + ".crl");
    ASSERT_EQ(crl.status(), 200);
    EXPECT_EQ(crl.contentType(), "application/pkix-crl");
    EXPECT_EQ(x509::Crl::fromDer(asBytes(crl.body()))->distributionPoint(), "");
    EXPECT_EQ(crl.field("Cache-Control"), "public, max-age=600");
}

TEST_F(Routes, AgeNeverPassesNextUpdate) {  // F8
    clock.set(latest(0).nextUpdate().value() - 10s);
    EXPECT_EQ(get(pathOf(issuer().crlUrl(0))).field("Cache-Control"), "public, max-age=9");
    clock.advance(1h);
    EXPECT_EQ(get(pathOf(issuer().crlUrl(0))).field("Cache-Control"), "public, max-age=0");
}

TEST_F(Routes, AreSilentAboutEverythingElse) {
    const std::string base = "/crl/" + issuer().name;
    for (const std::string& path :
         {base + "/100000.crl", base + "/-1.crl", base + "/0x1.crl", base + "/0", base + "/.crl",
          std::string("/crl/nobody/0.crl"), std::string("/crl/nobody.crl"), std::string("/issuer/nobody.cer"),
          std::string("/issuer/..%2Fpassphrase"), "/issuer/" + issuer().name}) {
        EXPECT_EQ(get(path).status(), 404) << path;
    }
}

TEST_F(Routes, RootsComeAsPem) {
    const auto roots = x509::Certificate::allFromPem(get("/v1/roots").body());
    ASSERT_TRUE(roots);
    EXPECT_EQ(roots->size(), authority().roots().size() - 1) << "all but that of temporary keys";
}

}  // namespace
}  // namespace mailca::repository
