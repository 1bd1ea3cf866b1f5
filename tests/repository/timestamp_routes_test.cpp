// Standards E8: timestamps over HTTP.
#include "repository/timestamp_routes.h"

#include <gtest/gtest.h>

#include "tests/ca/support.h"
#include "tests/ca/tsa/openssl_ts.h"
#include "tests/repository/ocsp_fixture.h"
#include "tests/repository/post.h"
#include "tests/support/sequence_random.h"

namespace mailca::repository {
namespace {

class TimestampRoutes : public ::testing::Test {
 protected:
    TimestampRoutes() {
        statuses.set(unit.issuer->name, unit.certificate.serial(), ca::ocsp::Good{});
        addTimestampRoutes(router, signer, disk.authority(), statuses);
    }
    web::Response post(const Bytes& body, const std::string& type = "application/timestamp-query") {
        return repository::post(router, "/timestamp", body, type);
    }

    SystemClock now;
    test::AuthorityOnDisk disk{now};
    const ca::TimestampUnit& unit = *disk.authority().timestampUnit();
    StatusesInMemory statuses;
    test::SequenceRandom random;
    ca::LocalSigner signer = test::localSigner(disk, now, random);
    web::Router router;
};

TEST_F(TimestampRoutes, AQueryGetsItsReply) {
    const web::Response response = post(test::queryDer());
    ASSERT_EQ(response.status(), 200);
    EXPECT_EQ(response.contentType(), "application/timestamp-reply");
    EXPECT_EQ(response.field("Cache-Control"), "no-store");
    const test::Reply reply(asBytes(response.body()));
    EXPECT_TRUE(reply.granted());
    EXPECT_TRUE(reply.verifies({}, *disk.authority().forHierarchy("timestamp"), now.now())) << reply.why();
}

TEST_F(TimestampRoutes, ARevokedUnitGivesNone) {
    statuses.set(unit.issuer->name, unit.certificate.serial(), ca::ocsp::Revoked{now.now(), 5});
    const web::Response revoked = post(test::queryDer());
    ASSERT_EQ(revoked.status(), 200);
    EXPECT_EQ(test::Reply(asBytes(revoked.body())).failure(), TS_INFO_SYSTEM_FAILURE);
    statuses.healthy = false;
    EXPECT_FALSE(test::Reply(asBytes(post(test::queryDer()).body())).granted())
        << "what it cannot know, it takes for bad";
}

TEST_F(TimestampRoutes, WhatIsNoQueryIsRefused) {
    EXPECT_EQ(post(test::queryDer(), "application/octet-stream").status(), 415);
    EXPECT_EQ(post({}).status(), 400);
    EXPECT_EQ(post(Bytes(4097, 0x30)).status(), 400);
    const web::Response garbage = post(Bytes(100, 0x30));
    EXPECT_EQ(garbage.status(), 200);
    EXPECT_EQ(test::Reply(asBytes(garbage.body())).failure(), TS_INFO_BAD_DATA_FORMAT);
    web::Request get;
    get.path = "/timestamp";
    EXPECT_EQ(router(get).status(), 405);
}

}  // namespace
}  // namespace mailca::repository
