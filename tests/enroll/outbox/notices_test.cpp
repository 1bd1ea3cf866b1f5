// Mail to owners, and the release of what is held until they were told.
#include "enroll/outbox/notices.h"

#include <gtest/gtest.h>

#include "enroll/outbox/notice_mail.h"
#include "mail/message.h"
#include "tests/enroll/outbox/doubles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sequence_random.h"

namespace mailca::outbox {
namespace {

class MemoryNotices final : public ra::NoticeBook {
 public:
    explicit MemoryNotices(Events& events) : m_events(events) {}
    std::vector<ra::DueNotice> owed;
    std::vector<ra::NoticeOutcome> outcomes;
    std::optional<Error> trouble;  // for one call
    int held = 0;

    Result<std::vector<ra::DueNotice>> due(Time, int limit) override {
        std::vector<ra::DueNotice> first(owed.begin(),
                                         owed.begin() + std::min<std::ptrdiff_t>(limit, std::ssize(owed)));
        return first;
    }
    Result<void> settle(const std::vector<ra::NoticeOutcome>& settled) override {
        m_events.add("settle");
        if (auto failed = std::exchange(trouble, std::nullopt)) return *failed;
        for (const ra::NoticeOutcome& one : settled) {
            outcomes.push_back(one);
            std::erase_if(owed, [&](const ra::DueNotice& due) { return due.mailbox == one.mailbox; });
        }
        return {};
    }
    Result<int> publishHeld(Time, int) override { return std::exchange(held, 0); }

 private:
    Events& m_events;
};

class NoticesTest : public testing::Test {
 protected:
    Events events;
    test::FakeClock clock;
    test::SequenceRandom random;
    MemoryNotices book{events};
    MemoryTransport transport{events};
    const mail::DkimSigner dkim = signer();
    Notices notices{book, transport, dkim, address("acme@ca.example"), clock, random};

    NoticesTest() { transport.report = {mail::SendOutcome::Accepted, 250, "ok"}; }

    ra::DueNotice& add(const std::string& mailbox = "alice@example.org", bool stranger = true, bool held = false) {
        book.owed.push_back(
            {.mailbox = address(mailbox), .last = 7, .certificates = {}, .hold = 24h, .since = clock.now()});
        for (const char* profile : {"smime-sign", "smime-encrypt"}) {
            book.owed.back().certificates.push_back(
                {profile, Serial::random(random), clock.now() + 24h * 365, stranger, held});
        }
        return book.owed.back();
    }
    mail::Message message(std::size_t i = 0) const { return mail::Message::parse(transport.sent.at(i).text).value(); }
    std::string text() const { return message().text().value_or(""); }
};

TEST_F(NoticesTest, TellWhatWasIssuedAndRecordItAfterwards) {
    const ra::DueNotice due = add();
    ASSERT_TRUE(notices.turn());
    EXPECT_EQ(events.all(), (std::vector<std::string>{"send", "settle"}));
    EXPECT_TRUE(std::holds_alternative<ra::NoticeSent>(book.outcomes.at(0).outcome));
    EXPECT_EQ(book.outcomes.at(0).last, 7);
    EXPECT_EQ(transport.sent.at(0).to, due.mailbox);
    EXPECT_EQ(message().from().single()->text(), "acme@ca.example");
    for (const ra::NoticedCertificate& one : due.certificates) {
        EXPECT_NE(text().find(one.profile), std::string::npos);
        EXPECT_NE(text().find(one.serial.hex()), std::string::npos);
        EXPECT_NE(text().find(toMailDate(one.notAfter)), std::string::npos);
    }
    EXPECT_NE(transport.sent.at(0).text.find("DKIM-Signature:"), std::string::npos);
}

// A client that waits for a challenge, or answers every mail with a token, must not take it for one.
TEST_F(NoticesTest, AreNoChallengesAndHoldNoLinks) {
    add("alice@example.org", true, true);
    ASSERT_TRUE(notices.turn());
    const std::string whole = transport.sent.at(0).text;
    EXPECT_EQ(whole.find("ACME:"), std::string::npos);
    EXPECT_EQ(whole.find("://"), std::string::npos);
    EXPECT_EQ(whole.find('<' + std::string("http")), std::string::npos);
    EXPECT_EQ(message().field("Auto-Submitted"), "auto-generated");
}

TEST_F(NoticesTest, SayWhetherTheAccountIsNewAndWhatIsHeld) {
    struct Row {
        bool stranger, held;
    };
    for (const Row& row : {Row{false, false}, Row{true, false}, Row{true, true}}) {
        transport.sent.clear();
        add("alice@example.org", row.stranger, row.held);
        ASSERT_TRUE(notices.turn());
        EXPECT_EQ(text().find("had no certificates for this mailbox before") != std::string::npos, row.stranger);
        EXPECT_EQ(text().find(toMailDate(clock.now() + 24h)) != std::string::npos, row.held);
        EXPECT_EQ(text().find('@' + std::string("DOMAIN")), std::string::npos);
        EXPECT_NE(text().find("postmaster@ca.example"), std::string::npos);
    }
}

TEST_F(NoticesTest, RemindOfWhatWillBePublishedAndOfNothingElse) {
    ra::DueNotice& due = add("alice@example.org", true, true);
    due.kind = ra::NoticeKind::Reminder;
    due.heldUntil = clock.now() + 12h;
    ASSERT_TRUE(notices.turn());
    EXPECT_EQ(book.outcomes.at(0).kind, ra::NoticeKind::Reminder);
    EXPECT_NE(text().find("reminds you"), std::string::npos);
    EXPECT_NE(text().find(toMailDate(clock.now() + 12h)), std::string::npos);
    EXPECT_TRUE(message().subject().starts_with("Reminder: "));
    add().certificates.clear();  // all revoked meanwhile
    ASSERT_TRUE(notices.turn());
    EXPECT_EQ(transport.sent.size(), 1U);
    EXPECT_EQ(book.outcomes.size(), 2U);
}

TEST_F(NoticesTest, ListNoMoreThanFitsOneMail) {
    ra::DueNotice& due = add();
    due.certificates.assign(500, due.certificates.front());
    ASSERT_TRUE(notices.turn());
    EXPECT_NE(text().find("and 470 more"), std::string::npos);
}

TEST_F(NoticesTest, AreTriedAgainUntilThreeDaysHavePassed) {
    transport.report = {mail::SendOutcome::Temporary, 451, "later"};
    add().attempts = 3;
    ASSERT_TRUE(notices.turn());
    EXPECT_EQ(std::get<ra::NoticeDeferred>(book.outcomes.at(0).outcome).retryAt, clock.now() + 40s);
    add();
    clock.advance(24h * 3 + 1s);
    ASSERT_TRUE(notices.turn());
    EXPECT_TRUE(std::holds_alternative<ra::NoticeGivenUp>(book.outcomes.at(1).outcome));
}

TEST_F(NoticesTest, AreGivenUpWhenTheMailboxRefusesThem) {
    transport.report = {mail::SendOutcome::Permanent, 550, "no such user"};
    add();
    ASSERT_TRUE(notices.turn());
    EXPECT_TRUE(std::holds_alternative<ra::NoticeGivenUp>(book.outcomes.at(0).outcome));
}

TEST_F(NoticesTest, OneInTroubleHoldsNoOther) {
    add("alice@example.org").certificates.front().profile = "a\x01";  // cannot be written
    add("bob@example.org");
    ASSERT_TRUE(notices.turn());
    ASSERT_EQ(transport.sent.size(), 1U);
    EXPECT_EQ(transport.sent[0].to.text(), "bob@example.org");
    EXPECT_TRUE(std::holds_alternative<ra::NoticeDeferred>(book.outcomes.at(0).outcome));
}

TEST_F(NoticesTest, GoAgainWhenTheirOutcomeCouldNotBeRecorded) {
    add();
    book.trouble = fail(ErrorKind::Store, "disk full");
    EXPECT_FALSE(notices.turn());
    ASSERT_TRUE(notices.turn());
    EXPECT_EQ(transport.sent.size(), 2U);
}

TEST_F(NoticesTest, StopSendsNoFurtherMailAndRecordsThatWhichLeft) {
    add("alice@example.org");
    add("bob@example.org");
    transport.meanwhile = [this] { notices.stop(); };
    ASSERT_TRUE(notices.turn());
    EXPECT_EQ(transport.sent.size(), 1U);
    EXPECT_EQ(book.outcomes.size(), 1U);
    EXPECT_EQ(book.owed.size(), 1U);
}

TEST_F(NoticesTest, StopCutsTheWaitShort) {
    notices.stop();
    EXPECT_TRUE(notices.turn());  // nothing is due: it would wait
    book.held = 3;
    EXPECT_TRUE(notices.turn());
}

}  // namespace
}  // namespace mailca::outbox
