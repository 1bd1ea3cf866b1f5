#include <gtest/gtest.h>

#include <thread>

#include "enroll/va/caa.h"
#include "tests/enroll/support/caa_table.h"
#include "tests/support/fake_clock.h"

namespace mailca::va {
namespace {

using dns::Security;
using dns::Status;

const std::vector<dns::CaaRecord> kOurs{{0, "issuemail", "ca.example"}};
const std::vector<dns::CaaRecord> kNobody{{0, "issuemail", ";"}};

class CaaCheckerTest : public testing::Test {
 protected:
    test::CaaTable dns;
    test::FakeClock clock;
    CaaChecker checker{dns, clock, {"ca.example"}};
};

using Names = std::vector<std::string>;

TEST_F(CaaCheckerTest, ClimbsToTheTopLabelButNeverToTheRoot) {  // C15
    dns.set("a.b.example.org", Status::NoSuchName);
    dns.set("b.example.org", Status::NoData);  // an empty non-terminal
    dns.set("example.org", Status::NoData);
    dns.set("org", Status::NoData);
    EXPECT_TRUE(checker.permission("a.b.example.org"));
    EXPECT_EQ(dns.asked(), (Names{"a.b.example.org", "b.example.org", "example.org", "org"}));
}

TEST_F(CaaCheckerTest, FindsTheParentsRecordOfANameThatDoesNotExist) {  // C15, C29
    dns.set("mail.example.org", Status::NoSuchName);
    dns.set("example.org", Status::Found, kNobody);
    const auto permission = checker.permission("mail.example.org");
    ASSERT_FALSE(permission);
    EXPECT_EQ(permission.error().kind, ErrorKind::Caa);
    EXPECT_EQ(dns.asked(), (Names{"mail.example.org", "example.org"}));
}

TEST_F(CaaCheckerTest, StopsAtTheFirstSetWhateverStandsHigherUp) {  // C16
    dns.set("mail.example.org", Status::Found, {{0, "issue", "other.example"}});
    dns.set("example.org", Status::Found, kNobody);
    EXPECT_TRUE(checker.permission("mail.example.org"));
    EXPECT_EQ(dns.asked(), Names{"mail.example.org"});
}

TEST_F(CaaCheckerTest, ClimbsTenLevels) {  // C29
    std::string name = "org";
    dns.set(name, Status::NoData);
    for (const char* label : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}) {
        name = std::string(label) + "." + name;
        dns.set(name, Status::NoData);
    }
    EXPECT_TRUE(checker.permission(name));
    EXPECT_EQ(dns.asked().size(), 11U);
}

TEST_F(CaaCheckerTest, AsksForTheALabels) {  // C14
    const auto address = EmailAddress::parse(
        "alice@b\xC3\xBC"
        "cher.example");
    ASSERT_TRUE(address);
    dns.set("xn--bcher-kva.example", Status::Found, kOurs);
    EXPECT_TRUE(checker.permission(address->domain()));
}

TEST_F(CaaCheckerTest, RetriesAFailedLookupOnce) {  // C25
    dns.set("example.org", Status::Found, kOurs);
    dns.failFirst("example.org", 1);
    EXPECT_TRUE(checker.permission("example.org"));
    EXPECT_EQ(dns.asked().size(), 2U);
}

TEST_F(CaaCheckerTest, GivesNoPermissionAfterTwoFailures) {  // C26
    dns.set("example.org", Status::Found, kOurs);
    dns.failFirst("example.org", 2);
    const auto refused = checker.permission("example.org");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Dns);
    EXPECT_NE(refused.error().detail.find("SERVFAIL"), std::string::npos);
    EXPECT_TRUE(checker.permission("example.org")) << "a refusal is not kept";
}

TEST_F(CaaCheckerTest, LetsNoFailurePass) {  // C25, C26
    dns.set("org", Status::NoData);
    for (const Security security : {Security::Secure, Security::Bogus, Security::Indeterminate, Security::Insecure}) {
        dns.set("example.org", Status::Failed, {}, 0s, security);
        EXPECT_FALSE(checker.permission("example.org")) << dns::toText(security);
    }
}

TEST_F(CaaCheckerTest, KeepsAPermissionForEightHours) {  // C24
    dns.set("example.org", Status::Found, kOurs);
    const Time start = clock.now();
    ASSERT_TRUE(checker.permission("example.org"));
    dns.set("example.org", Status::Found, kNobody);
    clock.set(start + 7h);
    const auto kept = checker.permission("example.org");
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->checkedAt(), start);
    EXPECT_EQ(kept->goodUntil(), start + 8h);
    EXPECT_EQ(dns.asked().size(), 1U);
    clock.set(start + 8h);
    EXPECT_FALSE(checker.permission("example.org"));
}

TEST_F(CaaCheckerTest, KeepsForTheShortestTtlOfTheClimb) {  // C24: a nearer set may appear
    dns.set("mail.example.org", Status::NoSuchName, {}, 20h);
    dns.set("example.org", Status::Found, kOurs, 10h);
    const auto permission = checker.permission("mail.example.org");
    ASSERT_TRUE(permission);
    EXPECT_EQ(permission->goodUntil(), clock.now() + 10h);
}

TEST_F(CaaCheckerTest, ServesManyThreads) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 20; ++i) dns.set("d" + std::to_string(i) + ".example", Status::Found, kOurs);
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([this] {
            for (int i = 0; i < 200; ++i) EXPECT_TRUE(checker.permission("d" + std::to_string(i % 20) + ".example"));
        });
    }
    for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace mailca::va
