// Standards F15, F16, F20, F23, D48: answers are kept, and never longer than they are true.
#include "repository/ocsp_answers.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/repository/ocsp_fixture.h"

namespace mailca::repository {
namespace {

using namespace std::chrono_literals;
using ca::ocsp::Good;

class Answers : public OcspFixture {
 protected:
    std::string ask(const Bytes& der) { return answers.answer(ca::ocsp::parseRequest(der))->body; }
    std::string ask() { return ask(request()); }
    test::ReadAnswer read(const Bytes& der) { return test::readAnswer(asBytes(ask(der)), der, issuer(), clock.now()); }
    int status(const Bytes& der) { return read(der).singles.at(0).status; }
    void issue() { statuses.set(issuer().name, serial, Good{}); }
};

TEST_F(Answers, AreSignedOnceAndKeptUntilHalfOfTheirLife) {  // D48
    issue();
    const std::string first = ask();
    clock.advance(12h - 1s);
    EXPECT_EQ(ask(), first);
    EXPECT_EQ(statuses.reads, 1) << "a kept answer asks nobody";
    clock.advance(1s);
    const std::string second = ask();
    EXPECT_NE(second, first);
    EXPECT_EQ(read(request()).producedAt, clock.now());
    EXPECT_EQ(answers.kept(), 1U);
}

TEST_F(Answers, ARevocationIsSeenAtOnce) {  // F23
    issue();
    EXPECT_EQ(status(request()), V_OCSP_CERTSTATUS_GOOD);
    clock.advance(1min);
    revoke();
    const test::ReadAnswer after = read(request());
    ASSERT_EQ(after.singles.at(0).status, V_OCSP_CERTSTATUS_REVOKED);
    EXPECT_EQ(after.singles.at(0).reason, 1);
    EXPECT_EQ(after.singles.at(0).revokedAt, clock.now());
    EXPECT_EQ(status(request(serial, true)), V_OCSP_CERTSTATUS_REVOKED) << "under its other id, too";
}

// The moment that a cache gets wrong: the status is read, then the certificate is revoked, then the answer is kept.
TEST_F(Answers, ARevocationBetweenReadingAndKeepingIsNotLost) {
    issue();
    statuses.afterRead = [this] { revoke(); };
    EXPECT_EQ(status(request()), V_OCSP_CERTSTATUS_GOOD) << "it was asked before";
    EXPECT_EQ(status(request()), V_OCSP_CERTSTATUS_REVOKED);
}

TEST_F(Answers, WhatConcernsOthersCostsOneReadAndNoSignature) {
    issue();
    const std::string first = ask();
    statuses.touch();
    EXPECT_EQ(ask(), first);
    EXPECT_EQ(statuses.reads, 2);
    EXPECT_EQ(ask(), first);
    EXPECT_EQ(statuses.reads, 2);
}

TEST_F(Answers, AClockThatWentBackKeepsNothingOfTheFuture) {
    issue();
    ask();
    clock.advance(-10min);
    EXPECT_EQ(read(request()).singles.at(0).thisUpdate, clock.now());
}

TEST_F(Answers, WhatWasNeverIssuedIsUnknownAndNotKept) {  // F15
    issue();
    const Serial never = Serial::random(random);
    const auto unknown = answers.answer(ca::ocsp::parseRequest(request(never)));
    EXPECT_FALSE(unknown->caching);
    EXPECT_EQ(status(request(never)), V_OCSP_CERTSTATUS_UNKNOWN);
    EXPECT_EQ(answers.kept(), 0U);
    statuses.set(issuer().name, never, Good{});
    EXPECT_EQ(status(request(never)), V_OCSP_CERTSTATUS_GOOD) << "issued a moment later";
}

TEST_F(Answers, NoncesAreAnsweredFreshAndNotKept) {  // F20
    issue();
    const Bytes asked = test::ocspRequest({{&issuer().certificate, serial}}, random.bytes(16));
    const auto answer = answers.answer(ca::ocsp::parseRequest(asked));
    EXPECT_FALSE(answer->caching);
    EXPECT_EQ(read(asked).nonce, 1);
    EXPECT_EQ(answers.kept(), 0U);
}

TEST_F(Answers, SeveralCertificatesAtOnce) {  // F24
    issue();
    const Bytes asked =
        test::ocspRequest({{&issuer().certificate, serial}, {&issuer().certificate, Serial::random(random)}});
    const test::ReadAnswer answer = read(asked);
    EXPECT_TRUE(answer.verified);
    ASSERT_EQ(answer.singles.size(), 2U);
    EXPECT_EQ(answer.singles[0].status, V_OCSP_CERTSTATUS_GOOD);
    EXPECT_EQ(answer.singles[1].status, V_OCSP_CERTSTATUS_UNKNOWN);
}

TEST_F(Answers, TroubleIsToldAsTheProtocolHasIt) {  // F16
    EXPECT_EQ(ask(toBytes("no DER")), std::string("\x30\x03\x0a\x01\x01", 5)) << "malformedRequest";
    const Bytes foreign = test::ocspRequest({{&issuer().root(), serial}});
    EXPECT_EQ(ask(foreign), std::string("\x30\x03\x0a\x01\x06", 5)) << "unauthorized";
    EXPECT_EQ(ask(), std::string("\x30\x03\x0a\x01\x02", 5)) << "internalError";
    statuses.trouble = fail(ErrorKind::Unavailable, "the database is locked");
    EXPECT_EQ(ask(), std::string("\x30\x03\x0a\x01\x03", 5)) << "tryLater";
    EXPECT_EQ(answers.kept(), 0U);
    issue();
    EXPECT_EQ(status(request()), V_OCSP_CERTSTATUS_GOOD);
}

TEST(RecentValues, ForgetWhatIsUnusedLongest) {
    Recent<int> recent(4);
    recent.put("a", std::make_shared<int>(1));
    recent.put("b", std::make_shared<int>(2));
    recent.put("c", std::make_shared<int>(3));  // a and b are the old generation now
    ASSERT_TRUE(recent.find("a"));              // and a is young again
    recent.put("d", std::make_shared<int>(4));
    EXPECT_FALSE(recent.find("b"));
    EXPECT_EQ(*recent.find("a"), 1);
    EXPECT_EQ(*recent.find("d"), 4);
    for (int i = 0; i < 100; ++i) {
        recent.put(std::to_string(i), std::make_shared<int>(i));
        EXPECT_LE(recent.size(), 4U);
    }
    recent.put("99", std::make_shared<int>(-99));
    EXPECT_EQ(*recent.find("99"), -99);
}

}  // namespace
}  // namespace mailca::repository
