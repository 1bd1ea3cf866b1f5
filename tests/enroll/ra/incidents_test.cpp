// Operators' revocations and incidents: what is decided. Standards B47, D43, D44, D50, E7.
#include "enroll/ra/incidents.h"

#include <gtest/gtest.h>

#include "tests/enroll/support/memory_selections.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sequence_random.h"

namespace mailca::ra {
namespace {

using std::chrono::milliseconds;

class SetRevocationsTest : public ::testing::Test {
 protected:
    test::FakeClock clock;
    test::SequenceRandom random;
    test::MemorySelections book;
    SetRevocations revocations{book, clock};
    const CertificateSelection all{};
};

TEST_F(SetRevocationsTest, TakeTheLiveOnesOfAPage) {
    for (int i = 0; i < 3; ++i) book.add(Serial::random(random), "alice@example.org", clock.now());
    book.certificates[1].state = Revoked{clock.now(), 4};
    const auto done = revocations.revoke(all, 0, 3).value();
    EXPECT_EQ(done.revoked, 2);
    EXPECT_EQ(done.revokedBefore, 1);
    EXPECT_FALSE(done.next);
    ASSERT_EQ(book.revocations.size(), 1u);
    EXPECT_EQ(book.revocations[0].reason, 3);
    EXPECT_EQ(book.revocations[0].at, clock.now());
    EXPECT_FALSE(book.revocations[0].blockKeys);
    EXPECT_EQ(revocations.revoke(all, 0, 3).value().revoked, 0);
    EXPECT_EQ(book.revocations.size(), 1u) << "nothing live, nothing written";
}

TEST_F(SetRevocationsTest, TakeTheReasonsOfTheAllowList) {  // B47, D50
    book.add(Serial::random(random), "alice@example.org", clock.now());
    for (const int reason : {-1, 2, 6, 7, 8, 10, 11}) {
        EXPECT_EQ(revocations.revoke(all, 0, reason).error().kind, ErrorKind::BadRevocationReason) << reason;
    }
    EXPECT_TRUE(book.revocations.empty());
    ASSERT_TRUE(revocations.revoke(all, 0, 0));
    EXPECT_FALSE(book.revocations[0].reason) << "0 is left out";
    book.certificates[0].state = Live{};
    ASSERT_TRUE(revocations.revoke(all, 0, 1));
    EXPECT_TRUE(book.revocations[1].blockKeys) << "B47";
}

TEST_F(SetRevocationsTest, WantAWrittenReasonForTheServicesOwn) {  // E7
    book.add(Serial::random(random), "alice@example.org", clock.now()).mailbox.reset();
    EXPECT_EQ(revocations.revoke(all, 0, std::nullopt).error().kind, ErrorKind::BadRevocationReason);
    EXPECT_EQ(revocations.revoke(all, 0, 0).error().kind, ErrorKind::BadRevocationReason);
    EXPECT_TRUE(book.revocations.empty());
    EXPECT_EQ(revocations.revoke(all, 0, 5).value().revoked, 1);
}

class IncidentsTest : public ::testing::Test {
 protected:
    Incidents::Request request() {
        Incidents::Request request{.name = "leak",
                                   .selection = CertificateSelection{},
                                   .reason = 4,
                                   .deadline = clock.now() + 24h,
                                   .rate = 10};
        request.selection->issuer = "smime-1";
        return request;
    }
    Incident& opened() {
        EXPECT_TRUE(incidents.open(request()));
        return book.incidents.back();
    }
    std::vector<std::string> turn() {
        book.steps.clear();
        EXPECT_TRUE(incidents.turn(milliseconds{0}));
        return book.steps;
    }

    test::FakeClock clock;
    test::MemoryIncidents book;
    int wakes = 0;
    Incidents incidents{book, clock, [this] { ++wakes; }};
};

TEST_F(IncidentsTest, AreOpenedWithinTheRulebooksTime) {  // D43, D44
    const struct {
        std::string what;
        std::function<void(Incidents::Request&)> change;
        std::optional<ErrorKind> kind;
    } rows[] = {
        {"a day", [](auto&) {}, {}},
        {"five days", [](auto& r) { r.deadline += 4 * 24h; }, {}},
        {"more", [](auto& r) { r.deadline += 4 * 24h + 1s; }, ErrorKind::Malformed},
        {"now", [](auto& r) { r.deadline -= 24h; }, ErrorKind::Malformed},
        {"compromised, a day", [](auto& r) { r.reason = 1; }, {}},
        {"compromised, more",
         [](auto& r) {
             r.reason = 1;
             r.deadline += 1s;
         },
         ErrorKind::Malformed},
        {"on hold", [](auto& r) { r.reason = 6; }, ErrorKind::BadRevocationReason},
        {"no name", [](auto& r) { r.name = ""; }, ErrorKind::Malformed},
        {"a path", [](auto& r) { r.name = "a/b"; }, ErrorKind::Malformed},
        {"a long name", [](auto& r) { r.name = std::string(65, 'a'); }, ErrorKind::Malformed},
        {"no rate", [](auto& r) { r.rate = 0; }, ErrorKind::Malformed},
        {"too high a rate", [](auto& r) { r.rate = 5001; }, ErrorKind::Malformed},
        {"a URL", [](auto& r) { r.explanationUrl = "https://ca.example/leak"; }, {}},
        {"no URL", [](auto& r) { r.explanationUrl = "javascript:alert(1)"; }, ErrorKind::Malformed},
        {"a broken URL", [](auto& r) { r.explanationUrl = "https://ca.example/a b"; }, ErrorKind::Malformed},
    };
    for (const auto& row : rows) {
        Incidents::Request wanted = request();
        row.change(wanted);
        const auto before = book.opened.size();
        const auto done = incidents.open(wanted);
        EXPECT_EQ(done ? std::nullopt : std::optional(done.error().kind), row.kind) << row.what;
        EXPECT_EQ(book.opened.size(), before + (row.kind ? 0 : 1)) << row.what;
    }
}

TEST_F(IncidentsTest, GoStepByStep) {
    using Steps = std::vector<std::string>;
    Incident& one = opened();
    EXPECT_EQ(turn(), Steps{"mark leak"});
    one.marked = 25;
    one.examined = true;
    EXPECT_EQ(turn(), Steps{"replaced leak"});
    one.followed = true;
    EXPECT_EQ(turn(), Steps{}) << "nothing to do before the deadline, nothing is written";
    clock.advance(24h - 13s);
    EXPECT_EQ(turn(), Steps{});
    clock.advance(1s);
    EXPECT_EQ(turn(), Steps{"waiting leak 10"}) << "25 at 10 a second, and ten seconds to spare";
    one.ended = 25;
    EXPECT_EQ(turn(), Steps{"finish leak"});
    one.state = IncidentState::Done;
    EXPECT_EQ(turn(), Steps{});
}

TEST_F(IncidentsTest, AListThatGrowsIsLeftAlone) {
    Incidents::Request wanted = request();
    wanted.selection.reset();
    ASSERT_TRUE(incidents.open(wanted));
    EXPECT_TRUE(turn().empty());
}

TEST_F(IncidentsTest, KeepToTheirRateAndWakeTheCrls) {
    Incident& one = opened();
    one.examined = true;
    book.outcome["replaced"] = {.revoked = 1, .more = true};
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 3; ++i) turn();
    EXPECT_EQ(wakes, 3);
    EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds{200})
        << "three at ten a second, less the last rest";
    incidents.stop();
    EXPECT_TRUE(turn().empty());
}

}  // namespace
}  // namespace mailca::ra
