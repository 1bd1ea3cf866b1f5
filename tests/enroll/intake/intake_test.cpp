#include "enroll/intake/intake.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "core/crypto/hash.h"
#include "core/json/json.h"
#include "mail/dkim_signer.h"
#include "tests/enroll/support/replies.h"
#include "tests/mail/table_resolver.h"
#include "tests/support/fake_clock.h"
#include "tests/support/files.h"
#include "tests/support/sequence_random.h"

namespace mailca::intake {
namespace {

using test::ReplyText;

class MemoryReplies final : public ra::ReplyBook {
 public:
    std::map<Bytes, ra::AwaitedReply> awaited;
    std::map<std::string, ChallengeId> senders;  // envelope sender of a mail, and its challenge
    std::optional<Error> trouble;                // for one call
    std::function<void()> beforeRecord = [] {};

    Result<std::optional<ra::AwaitedReply>> findByPart1(const Bytes& part1Sha256) override {
        const std::lock_guard lock(m_mutex);
        const auto found = awaited.find(part1Sha256);
        if (found == awaited.end()) return std::optional<ra::AwaitedReply>{};
        return std::optional(found->second);
    }
    Result<std::optional<ChallengeId>> findByEnvelopeSender(const EmailAddress& address) override {
        const std::lock_guard lock(m_mutex);
        const auto found = senders.find(address.text());
        return found == senders.end() ? std::optional<ChallengeId>() : std::optional(found->second);
    }
    Result<void> record(const ra::JudgedReply& reply) override {
        beforeRecord();
        const std::lock_guard lock(m_mutex);
        if (auto once = std::exchange(trouble, std::nullopt)) return *once;
        m_records.push_back(reply);
        return {};
    }
    std::vector<ra::JudgedReply> records() {
        const std::lock_guard lock(m_mutex);
        return m_records;
    }

 private:
    std::mutex m_mutex;
    std::vector<ra::JudgedReply> m_records;
};

mail::DkimSigner signerOf(const std::string& domain) {
    std::vector<mail::DkimKey> keys;
    auto key = crypto::PrivateKey::generate({crypto::KeyType::Ed25519, 0}).value();
    keys.push_back({domain, "s", key.toPem().value()});
    return mail::DkimSigner::create(std::move(keys), 24h).value();
}

class IntakeTest : public testing::Test {
 protected:
    test::TempDir folder;
    test::FakeClock clock;
    test::SequenceRandom random;
    test::TableResolver dns;
    mail::DkimSigner signer = signerOf("example.org");
    mail::DkimVerifier verifier{dns, clock};
    mail::Maildir maildir = mail::Maildir::create(folder.path() / "Maildir").value();
    MemoryReplies book;
    Intake intake{maildir, verifier, book, va::DkimMode::Compatible, clock};
    const ChallengeId challenge = ChallengeId::random(random);

    IntakeTest() {
        for (const auto& record : signer.dnsRecords()) dns.add(record.name, record.text);
        book.awaited.emplace(crypto::sha256(asBytes(test::kToken)), awaited());
    }
    ra::AwaitedReply awaited() const {
        return {challenge,
                {ra::IdentifierType::Email, "alice@example.org", test::mailbox("alice@example.org")},
                test::mailbox("acme@ca.example"),
                test::kDigest,
                "1@ca.example",
                clock.now(),
                clock.now() + 24h,
                true,
                0};
    }
    ra::AwaitedReply& expectation() { return book.awaited.begin()->second; }
    std::string signedText(const ReplyText& reply) { return signer.sign(reply.text(), clock.now()).value(); }
    void deliver(const std::string& text) { ASSERT_TRUE(maildir.deliver(text, random)); }
    std::size_t waiting() const { return maildir.list()->size(); }

    // Delivers, takes a turn, and gives the one record.
    ra::JudgedReply judged(const std::string& text) {
        deliver(text);
        EXPECT_TRUE(intake.turn());
        EXPECT_EQ(waiting(), 0U) << "judged mails leave new/";
        EXPECT_EQ(book.records().size(), 1U);
        return book.records().at(0);
    }
    void expectNothing(const std::string& text, std::string_view reasonPart) {
        const ra::JudgedReply reply = judged(text);
        EXPECT_TRUE(std::holds_alternative<ra::ProvesNothing>(reply.verdict));
        EXPECT_NE(reply.reason.find(reasonPart), std::string::npos) << reply.reason;
    }
};

TEST_F(IntakeTest, RecordsAProofWithItsEvidence) {  // A33, A36, A49
    const std::string text = signedText({});
    const ra::JudgedReply reply = judged(text);
    const auto* proves = std::get_if<ra::Proves>(&reply.verdict);
    ASSERT_NE(proves, nullptr) << reply.reason;
    EXPECT_EQ(proves->challenge, challenge);
    EXPECT_EQ(proves->method, ra::ValidationMethod::Strict);
    EXPECT_EQ(reply.rawSha256, crypto::sha256(asBytes(text)));
    EXPECT_EQ(reply.at, clock.now());
    const json::Value evidence = json::parse(reply.evidence).value();
    ASSERT_EQ(evidence.array("dkim")->size(), 1U);
    const json::Value& signature = evidence.array("dkim")->front();
    EXPECT_EQ(signature.string("d"), "example.org");
    EXPECT_EQ(signature.string("s"), "s");
    EXPECT_EQ(signature.string("a"), "ed25519-sha256");
    EXPECT_EQ(signature.string("dnssec"), "secure");
    EXPECT_EQ(evidence.string("inReplyTo"), "matches");
}

TEST_F(IntakeTest, RecordsWhetherTheReplyNamesOurMailAndDecidesNothingByIt) {  // A40
    const std::vector<std::pair<ReplyText, std::string>> cases{
        {ReplyText{}.set("In-Reply-To", "<rewritten@relay.example>"), "differs"},
        {ReplyText{}.remove("In-Reply-To"), "absent"}};
    for (const auto& [mail, expected] : cases) {
        deliver(signedText(mail));
        ASSERT_TRUE(intake.turn());
        const ra::JudgedReply reply = book.records().back();
        EXPECT_TRUE(std::holds_alternative<ra::Proves>(reply.verdict)) << reply.reason;
        EXPECT_EQ(json::parse(reply.evidence)->string("inReplyTo"), expected);
    }
}

TEST_F(IntakeTest, TakesNothingFromAnUnsignedMail) {
    expectNothing(ReplyText{}.text(), "DKIM");
}  // A33

TEST_F(IntakeTest, TakesNothingFromAChangedMail) {
    std::string text = signedText({});
    text.insert(text.rfind("-----BEGIN"), "one more line\r\n");
    expectNothing(text, "DKIM");
}

TEST_F(IntakeTest, TakesNothingFromAForeignMailbox) {  // A19, A38
    expectNothing(signedText(ReplyText{}.set("From", "bob@example.org")), "From");
}

TEST_F(IntakeTest, TakesNothingLate) {  // A17
    clock.advance(24h + 1s);
    expectNothing(signedText({}), "too late");
}

TEST_F(IntakeTest, TakesNothingForAnEndedChallengeAndAsksNoDns) {  // A18
    expectation().open = false;
    expectNothing(signedText({}), "has ended");
    EXPECT_EQ(dns.asked(), 0);
}

TEST_F(IntakeTest, TakesNothingWithAnUnknownToken) {
    expectNothing(signedText(ReplyText{}.set("Subject", "ACME: BBBBBBBB")), "no challenge");
    EXPECT_EQ(dns.asked(), 0);
}

TEST_F(IntakeTest, TakesNothingWithoutAToken) {
    expectNothing(signedText(ReplyText{}.set("Subject", "Hello")), "token");
}

TEST_F(IntakeTest, TakesNothingFromWhatIsNoMail) {
    expectNothing("\r\nno header\r\n", "not a mail");
}

TEST_F(IntakeTest, TakesNothingFromATooLargeMail) {  // A48
    expectNothing(ReplyText{}.text() + std::string(mail::kMaxMessageBytes, 'x'), "");
}

TEST_F(IntakeTest, CountsAnAuthenticatedWrongDigest) {  // A20
    expectation().digest = std::string(43, 'A');
    const ra::JudgedReply reply = judged(signedText({}));
    ASSERT_TRUE(std::holds_alternative<ra::WrongDigest>(reply.verdict));
    EXPECT_EQ(std::get<ra::WrongDigest>(reply.verdict).challenge, challenge);
}

TEST_F(IntakeTest, RecordsBeforeItMovesTheMail) {
    deliver(signedText({}));
    book.trouble = fail(ErrorKind::Store, "disk full");
    EXPECT_EQ(intake.turn().error().kind, ErrorKind::Store);
    EXPECT_EQ(waiting(), 1U) << "still there";
    ASSERT_TRUE(intake.turn());
    EXPECT_EQ(waiting(), 0U);
    EXPECT_EQ(book.records().size(), 1U);
}

TEST_F(IntakeTest, GoesOnWithTheOtherMailsWhenOneIsInTrouble) {
    for (const char* id : {"<1@x.example>", "<2@x.example>", "<3@x.example>"}) {
        deliver(signedText(ReplyText{}.set("Message-ID", id)));
    }
    book.trouble = fail(ErrorKind::Store, "disk full");
    EXPECT_EQ(intake.turn().error().kind, ErrorKind::Store) << "told all the same";
    EXPECT_EQ(waiting(), 1U);
    EXPECT_EQ(book.records().size(), 2U);
}

TEST_F(IntakeTest, JudgesTheSameBytesAlikeAfterACrashBeforeTheMove) {
    const std::string text = signedText({});
    deliver(text);
    ASSERT_TRUE(intake.turn());
    deliver(text);
    ASSERT_TRUE(intake.turn());
    const auto records = book.records();
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].rawSha256, records[1].rawSha256) << "the store knows it by this";
}

TEST_F(IntakeTest, PassesOverWhatAnotherWorkerJudgedSinceTheListing) {
    deliver("From: a@example.org\n\none\n");
    deliver("From: a@example.org\n\ntwo\n");
    book.beforeRecord = [this] {  // while the first is judged, somebody else is done with the second
        const auto names = maildir.list().value();
        if (names.size() == 2) {
            EXPECT_TRUE(maildir.takeFromNew(names[1]));
        }
    };
    ASSERT_TRUE(intake.turn());
    EXPECT_EQ(book.records().size(), 1U);
    EXPECT_EQ(waiting(), 0U);
}

TEST_F(IntakeTest, KeepsAMailWhileDnsIsInTrouble) {  // A20
    const auto record = signer.dnsRecords().front();
    dns::TxtAnswer failed;
    failed.reason = "timeout";
    dns.set(record.name, failed);
    deliver(signedText({}));
    ASSERT_TRUE(intake.turn());
    EXPECT_EQ(waiting(), 1U);
    EXPECT_TRUE(book.records().empty());
    dns::TxtAnswer found{dns::Status::Found, dns::Security::Secure, 60s, {record.text}, ""};
    dns.set(record.name, found);
    clock.advance(301s);
    ASSERT_TRUE(intake.turn());
    EXPECT_EQ(waiting(), 0U);
    EXPECT_TRUE(std::holds_alternative<ra::Proves>(book.records().at(0).verdict));
}

TEST_F(IntakeTest, GivesUpOnDnsAfterAnHour) {  // A20
    dns.set(signer.dnsRecords().front().name, dns::TxtAnswer{});
    deliver(signedText({}));
    int turns = 0;
    for (; waiting() == 1U && turns < 100; ++turns) {
        ASSERT_TRUE(intake.turn());
        clock.advance(301s);
    }
    EXPECT_GT(turns, 10);
    EXPECT_LT(turns, 20);
    const auto records = book.records();
    ASSERT_EQ(records.size(), 1U);
    const auto* unverifiable = std::get_if<ra::Unverifiable>(&records[0].verdict);
    ASSERT_NE(unverifiable, nullptr) << records[0].reason;
    EXPECT_EQ(unverifiable->challenge, challenge);
    EXPECT_EQ(unverifiable->error.kind, ErrorKind::Dns);
}

// A32. What counts is the address, which only those know who carried the mail.
TEST_F(IntakeTest, AReportOfFailureEndsTheChallengeOfItsMail) {
    book.senders.emplace("acme+tag@ca.example", challenge);
    const auto report = [](const std::string& to, const std::string& action, const std::string& status) {
        return "From: MAILER-DAEMON@example.org\r\nTo: " + to +
               "\r\nSubject: Re: ACME: x\r\nContent-Type: multipart/report; report-type=delivery-status; "
               "boundary=b\r\n\r\n"
               "--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
               "Action: " +
               action + "\r\nStatus: " + status + "\r\n--b--\r\n";
    };
    deliver(report("acme+tag@ca.example", "delayed", "4.4.1"));
    deliver(report("acme+guessed@ca.example", "failed", "5.1.1"));
    deliver(report("acme@ca.example", "failed", "5.1.1"));
    ASSERT_TRUE(intake.turn());
    for (const ra::JudgedReply& record : book.records()) {
        EXPECT_TRUE(std::holds_alternative<ra::ProvesNothing>(record.verdict)) << record.reason;
    }
    deliver(report("acme+tag@ca.example", "failed", "5.1.1"));
    ASSERT_TRUE(intake.turn());
    const ra::JudgedReply last = book.records().back();
    const auto* back = std::get_if<ra::Undeliverable>(&last.verdict);
    ASSERT_NE(back, nullptr) << last.reason;
    EXPECT_EQ(back->challenge, challenge);
    EXPECT_EQ(back->error.kind, ErrorKind::Connection);
    EXPECT_NE(back->error.detail.find("5.1.1"), std::string::npos);
    EXPECT_EQ(waiting(), 0U);
}

TEST_F(IntakeTest, TakesAMailThatComesWhileItWaits) {
    std::atomic<bool> stopping{false};
    std::thread worker([&] {
        while (!stopping) EXPECT_TRUE(intake.turn());
    });
    for (int i = 0; i < 5; ++i)
        deliver(signedText(ReplyText{}.set("Message-ID", "<" + std::to_string(i) + "@x.example>")));
    while (book.records().size() < 5) std::this_thread::yield();
    stopping = true;
    intake.stop();
    worker.join();
    EXPECT_EQ(waiting(), 0U);
}

TEST_F(IntakeTest, TakesTheAnswerUnderTheOldAndUnderTheNewAccountKey) {  // A13
    expectation().tokenPart2 = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
    expectation().newThumbprint = "the new key's thumbprint";
    ReplyText reply;
    reply.body = test::block(va::expectedDigest(test::kToken, expectation().tokenPart2, "another key's thumbprint"));
    deliver(signedText(reply));
    reply.body = test::block(va::expectedDigest(test::kToken, expectation().tokenPart2, expectation().newThumbprint));
    deliver(signedText(reply));
    reply.body = test::block();
    deliver(signedText(reply));
    EXPECT_TRUE(intake.turn());
    int proofs = 0;
    int wrong = 0;
    for (const ra::JudgedReply& record : book.records()) {
        proofs += std::holds_alternative<ra::Proves>(record.verdict) ? 1 : 0;
        wrong += std::holds_alternative<ra::WrongDigest>(record.verdict) ? 1 : 0;
    }
    EXPECT_EQ(proofs, 2);
    EXPECT_EQ(wrong, 1);
}

}  // namespace
}  // namespace mailca::intake
