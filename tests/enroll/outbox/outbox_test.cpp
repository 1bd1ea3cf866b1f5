#include "enroll/outbox/outbox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <thread>

#include "core/crypto/hash.h"
#include "enroll/va/email_reply.h"
#include "mail/message.h"
#include "tests/enroll/outbox/doubles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sequence_random.h"

namespace mailca::outbox {
namespace {

// Mails with the states that the port promises: sent ones stay due until their outcome is recorded.
class MemoryMails final : public ra::MailBook {
 public:
    struct Entry {
        ra::DueMail mail;
        Time dueAt;
        bool ended = false;
    };
    explicit MemoryMails(Events& events) : m_events(events) {}

    std::vector<Entry> entries;
    std::vector<ra::MailSend> sends;
    std::vector<ra::MailOutcome> outcomes;
    std::optional<Error> sendTrouble, outcomeTrouble;  // for one call

    Result<std::vector<ra::DueMail>> waiting(Time, int limit) override {
        const std::lock_guard lock(m_mutex);
        std::vector<ra::DueMail> found;
        for (const Entry& entry : entries) {
            if (entry.ended) continue;
            found.push_back(entry.mail);
            found.back().dueAt = entry.dueAt;
        }
        std::ranges::stable_sort(found, {}, &ra::DueMail::dueAt);
        while (std::ssize(found) > limit) found.pop_back();
        return found;
    }
    Result<void> recordSend(const ra::MailSend& send) override {
        const std::lock_guard lock(m_mutex);
        m_events.add("recordSend");
        if (auto trouble = std::exchange(sendTrouble, std::nullopt)) return *trouble;
        sends.push_back(send);
        ++at(send.challenge).mail.attempts;
        return {};
    }
    Result<void> recordOutcome(const ra::MailOutcome& outcome) override {
        const std::lock_guard lock(m_mutex);
        m_events.add("recordOutcome");
        if (auto trouble = std::exchange(outcomeTrouble, std::nullopt)) return *trouble;
        outcomes.push_back(outcome);
        Entry& entry = at(outcome.challenge);
        if (const auto* deferred = std::get_if<ra::MailDeferred>(&outcome.outcome)) {
            entry.dueAt = deferred->retryAt;
        } else {
            entry.ended = true;
        }
        return {};
    }
    Result<int> reclaim(Time now) override {
        int reclaimed = 0;
        for (Entry& entry : entries) {
            if (entry.ended || entry.dueAt <= now || entry.mail.attempts == 0) continue;
            entry.dueAt = now;
            ++reclaimed;
        }
        return reclaimed;
    }

 private:
    Entry& at(const ChallengeId& id) {
        for (Entry& entry : entries) {
            if (entry.mail.challenge == id) return entry;
        }
        throw std::logic_error("no such mail");
    }
    std::mutex m_mutex;
    Events& m_events;
};

class OutboxTest : public testing::Test {
 protected:
    Events events;
    test::FakeClock clock;
    test::SequenceRandom random;
    MemoryMails book{events};
    MemoryTransport transport{events};
    const mail::DkimSigner dkim = signer();
    Outbox outbox{book, transport, dkim, clock, random};

    OutboxTest() { transport.report = {mail::SendOutcome::Accepted, 250, "ok"}; }

    ra::DueMail add(const std::string& identifier = "Alice@Example.ORG") {
        ra::DueMail mail{ChallengeId::random(random),
                         {ra::IdentifierType::Email, identifier, address(identifier)},
                         address("acme@ca.example"),
                         random.token(24),
                         "hC4xyXNn8ZDH4yrcp93Zj3qgQs7LyT_GUL45YD7IVMQ",
                         clock.now() + 24h,
                         0,
                         clock.now()};
        book.entries.push_back({mail, clock.now()});
        return mail;
    }
    mail::Message message(std::size_t i = 0) const { return mail::Message::parse(transport.sent.at(i).text).value(); }
    std::string token(std::size_t i = 0) const { return va::tokenOfSubject(message(i).subject()).value(); }
};

TEST_F(OutboxTest, RecordsBeforeItSends) {  // A6, design step 2
    add();
    ASSERT_TRUE(outbox.turn());
    EXPECT_EQ(events.all(), (std::vector<std::string>{"recordSend", "send", "recordOutcome"}));
    EXPECT_TRUE(std::holds_alternative<ra::MailDelivered>(book.outcomes.at(0).outcome));
}

TEST_F(OutboxTest, KeepsOfPart1OnlyItsHashAndTheDigest) {  // A6, A7, A10
    const ra::DueMail due = add();
    ASSERT_TRUE(outbox.turn());
    EXPECT_EQ(token().size(), 32U);
    EXPECT_EQ(fromBase64Url(token())->size(), 24U);
    EXPECT_EQ(book.sends[0].part1Sha256, crypto::sha256(asBytes(token())));
    EXPECT_EQ(book.sends[0].digest, va::expectedDigest(token(), due.tokenPart2, due.thumbprint));
}

TEST_F(OutboxTest, WritesTheMailOfTheRfc) {  // A23-A26, A31, A32, interop 5.4
    add();
    ASSERT_TRUE(outbox.turn());
    const mail::Message mail = message();
    EXPECT_EQ(mail.field("Subject"), "ACME: " + token());
    EXPECT_EQ(mail.field("From"), "acme@ca.example");
    EXPECT_EQ(mail.field("To"), "Alice@Example.ORG") << "spelt as ordered";
    EXPECT_EQ(mail.field("Auto-Submitted"), "auto-generated; type=acme");
    EXPECT_EQ(mail.field("Message-ID"), "<" + book.sends[0].messageId + ">");
    EXPECT_EQ(mail.contentType(), "text/plain");
    EXPECT_TRUE(mail.has("Date"));
    EXPECT_EQ(mail.headers().front().name, "DKIM-Signature");
    EXPECT_NE(mail.field("DKIM-Signature")->find("d=ca.example"), std::string::npos);  // A29
    const std::string body = mail.text().value();
    EXPECT_EQ(body.find("BEGIN ACME"), std::string::npos);
    EXPECT_EQ(body.find("http"), std::string::npos);
    EXPECT_EQ(body.find(token()), std::string::npos);  // A12
    EXPECT_EQ(body.find("Alice"), std::string::npos);  // A22
    EXPECT_NE(body.find("postmaster@ca.example"), std::string::npos);
}

TEST_F(OutboxTest, UsesAnEnvelopeOfItsOwnForEveryMail) {  // A32
    add();
    add("bob@example.org");
    ASSERT_TRUE(outbox.turn());
    ASSERT_EQ(transport.sent.size(), 2U);
    EXPECT_EQ(transport.sent[0].to.text(), "Alice@example.org");
    EXPECT_EQ(transport.sent[0].from.text(), book.sends[0].envelopeSender);
    EXPECT_EQ(transport.sent[0].from.domain(), "ca.example");
    EXPECT_EQ(transport.sent[0].from.local().rfind("acme+", 0), 0U);
    EXPECT_NE(transport.sent[0].from, transport.sent[1].from);
    EXPECT_NE(token(0), token(1));
}

TEST_F(OutboxTest, WritesInternationalDomainsInAscii) {  // A1
    add("alice@b\xC3\xBC"
        "cher.example");
    ASSERT_TRUE(outbox.turn());
    EXPECT_EQ(message().field("To"), "alice@xn--bcher-kva.example");
}

TEST_F(OutboxTest, SendsAgainWithANewTokenAfterACrashBetweenRecordAndSend) {  // A6
    add();
    transport.crash = true;
    EXPECT_THROW((void)outbox.turn(), std::runtime_error);
    transport.crash = false;
    ASSERT_TRUE(outbox.turn());
    ASSERT_EQ(book.sends.size(), 2U);
    EXPECT_NE(book.sends[0].part1Sha256, book.sends[1].part1Sha256);
    EXPECT_NE(book.sends[0].messageId, book.sends[1].messageId);
    EXPECT_EQ(book.sends[1].part1Sha256, crypto::sha256(asBytes(token())));
}

TEST_F(OutboxTest, SendsWhatWasUnderWayAtTheStartOfTheNextProcess) {
    add();
    book.entries.front().mail.attempts = 1;
    book.entries.front().dueAt = clock.now() + 2min;  // as a send leaves it
    ASSERT_TRUE(outbox.recover());
    ASSERT_TRUE(outbox.turn());
    EXPECT_EQ(transport.count(), 1U);
}

TEST_F(OutboxTest, SendsNothingThatCouldNotBeRecorded) {
    add();
    book.sendTrouble = fail(ErrorKind::Store, "disk full");
    EXPECT_EQ(outbox.turn().error().kind, ErrorKind::Store);
    EXPECT_TRUE(transport.sent.empty());
    ASSERT_TRUE(outbox.turn());
    EXPECT_EQ(transport.sent.size(), 1U);
}

TEST_F(OutboxTest, SendsNothingForAChallengeThatEndedMeanwhile) {
    add();
    book.sendTrouble = fail(ErrorKind::Conflict, "ended");
    EXPECT_TRUE(outbox.turn());
    EXPECT_TRUE(transport.sent.empty());
}

TEST_F(OutboxTest, SendsTheOthersWhenOneIsInTrouble) {
    add();
    add("bob@example.org");
    book.sendTrouble = fail(ErrorKind::Store, "busy");
    EXPECT_FALSE(outbox.turn());
    ASSERT_EQ(transport.sent.size(), 1U);
    EXPECT_EQ(transport.sent[0].to.text(), "bob@example.org");
}

TEST_F(OutboxTest, DefersWithGrowingPausesUpToAnHour) {
    for (const mail::SendOutcome outcome : {mail::SendOutcome::Temporary, mail::SendOutcome::Misconfigured}) {
        book.entries.clear();
        book.outcomes.clear();
        add();
        transport.report = {outcome, 451, "later"};
        seconds last{0};
        for (int i = 0; i < 14; ++i) {
            ASSERT_TRUE(outbox.turn());
            const auto& deferred = std::get<ra::MailDeferred>(book.outcomes.back().outcome);
            EXPECT_EQ(deferred.why, "later");
            const Time retryAt = deferred.retryAt;
            const seconds pause = retryAt - clock.now();
            EXPECT_TRUE(pause > last || pause == 1h);
            EXPECT_LE(pause, seconds(1h));
            last = pause;
            clock.set(retryAt);
        }
        EXPECT_EQ(last, seconds(1h));
    }
}

TEST_F(OutboxTest, EndsTheChallengeOnARefusalOfOurOwnServer) {  // A32
    add();
    transport.report = {mail::SendOutcome::Permanent, 550, "550 no such user"};
    ASSERT_TRUE(outbox.turn());
    const auto* refused = std::get_if<ra::MailRefused>(&book.outcomes.at(0).outcome);
    ASSERT_NE(refused, nullptr);
    EXPECT_EQ(refused->error.kind, ErrorKind::Connection);
    EXPECT_NE(refused->error.detail.find("550 no such user"), std::string::npos);
}

// The pause of an account for a mailbox counts Connection (store/mail_budget.h): our own server's lack is not that.
TEST_F(OutboxTest, BlamesNoMailboxForWhatOurOwnServerCannotCarry) {
    add();
    transport.report = {mail::SendOutcome::Permanent, 0, "the mail server does not offer SMTPUTF8"};
    ASSERT_TRUE(outbox.turn());
    const auto* refused = std::get_if<ra::MailRefused>(&book.outcomes.at(0).outcome);
    ASSERT_NE(refused, nullptr);
    EXPECT_EQ(refused->error.kind, ErrorKind::RejectedIdentifier);
    EXPECT_NE(refused->error.detail.find("SMTPUTF8"), std::string::npos);
}

TEST_F(OutboxTest, SendsOneMailMoreWhenItsOutcomeCouldNotBeRecorded) {
    add();
    book.outcomeTrouble = fail(ErrorKind::Store, "disk full");
    EXPECT_FALSE(outbox.turn());
    ASSERT_TRUE(outbox.turn());
    ASSERT_EQ(transport.sent.size(), 2U);
    EXPECT_NE(token(0), token(1));
}

TEST_F(OutboxTest, IsContentWhenTheReplyCameBeforeTheOutcomeWasRecorded) {  // A16
    add();
    book.outcomeTrouble = fail(ErrorKind::Conflict, "proven already");
    EXPECT_TRUE(outbox.turn());
}

TEST_F(OutboxTest, SendsEachMailOnceWithManyWorkers) {
    for (int i = 0; i < 40; ++i) add("user" + std::to_string(i) + "@example.org");
    std::vector<std::thread> workers;
    for (int i = 0; i < 4; ++i) {
        workers.emplace_back([this] {
            while (transport.count() < 40U) EXPECT_TRUE(outbox.turn());
        });
    }
    outbox.stop();
    for (std::thread& worker : workers) worker.join();
    std::set<std::string> recipients;
    for (const auto& sent : transport.sent) recipients.insert(sent.to.text());
    EXPECT_EQ(transport.sent.size(), 40U);
    EXPECT_EQ(recipients.size(), 40U);
}

}  // namespace
}  // namespace mailca::outbox
