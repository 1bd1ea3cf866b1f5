// Challenge mail out and replies in.
#include <gtest/gtest.h>

#include "enroll/ra/envelope_sender.h"
#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

std::vector<ra::DueMail> dueAt(Scene& scene, Time at, int limit = 10) {
    std::vector<ra::DueMail> mails = must(scene.store().mails().waiting(at, limit));
    std::erase_if(mails, [at](const ra::DueMail& mail) { return mail.dueAt > at; });
    return mails;
}

std::size_t dueCount(Scene& scene, seconds later = 0s) {
    return dueAt(scene, scene.now() + later).size();
}

TEST(MailBook, HoldsAMailBackUntilItIsReleasedAndDue) {
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    EXPECT_EQ(dueCount(scene), 0u);
    EXPECT_TRUE(must(scene.store().mails().waiting(scene.now(), 10)).empty());
    must(scene.store().orders().releaseMail(
        {order.authorization.challenge.id, scene.now(), scene.now() + 2s, kStrangers}));
    EXPECT_EQ(dueCount(scene), 0u);
    EXPECT_EQ(must(scene.store().mails().waiting(scene.now(), 10)).at(0).dueAt, scene.now() + 2s);
    const auto due = dueAt(scene, scene.now() + 2s, 10);
    ASSERT_EQ(due.size(), 1u);
    EXPECT_EQ(due.front().challenge, order.authorization.challenge.id);
    EXPECT_EQ(due.front().tokenPart2, order.authorization.challenge.tokenPart2);
    EXPECT_EQ(due.front().expires, order.authorization.expires);
    EXPECT_EQ(due.front().attempts, 0);
}

TEST(MailBook, GivesTheOldestFirstUpToTheLimit) {
    Scene scene;
    const AccountId account = scene.account().id;
    std::vector<ChallengeId> released;
    for (int mail = 0; mail < 3; ++mail) {
        const ra::NewOrder order = scene.order(account);
        scene.release(order);
        released.push_back(order.authorization.challenge.id);
        scene.clock().advance(1s);
    }
    const auto due = dueAt(scene, scene.now(), 2);
    ASSERT_EQ(due.size(), 2u);
    EXPECT_EQ(due.at(0).challenge, released.at(0));
    EXPECT_EQ(due.at(1).challenge, released.at(1));
}

TEST(MailBook, GivesADueMailToOneWorkerAndAgainAfterACrash) {
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    scene.release(order);
    must(scene.store().mails().recordSend(scene.draftSend(order)));
    EXPECT_EQ(kindOf(scene.store().mails().recordSend(scene.draftSend(order))), ErrorKind::Conflict);
    EXPECT_EQ(dueCount(scene, 1min), 0u) << "the slowest send is not over";  // mail/connection.h
    const auto again = dueAt(scene, scene.now() + 2min, 10);                 // no outcome came
    ASSERT_EQ(again.size(), 1u);
    EXPECT_EQ(again.front().attempts, 1);
}

TEST(MailBook, GivesWhatAnEndedProcessHadInHandAtOnce) {
    Scene scene;
    const AccountId account = scene.account().id;
    const ra::NewOrder underWay = scene.order(account);
    scene.release(underWay);
    must(scene.store().mails().recordSend(scene.draftSend(underWay)));
    const ra::NewOrder delivered = scene.order(account);
    scene.release(delivered);
    must(scene.store().mails().recordSend(scene.draftSend(delivered)));
    must(scene.store().mails().recordOutcome({delivered.authorization.challenge.id, scene.now(), ra::MailDelivered{}}));
    const ra::NewOrder waiting = scene.order(account);  // for its first time
    must(scene.store().orders().releaseMail(
        {waiting.authorization.challenge.id, scene.now(), scene.now() + 2s, kStrangers}));

    const ra::NewOrder deferred = scene.order(account);  // its server asked for patience
    scene.release(deferred);
    must(scene.store().mails().recordSend(scene.draftSend(deferred)));
    must(scene.store().mails().recordOutcome(
        {deferred.authorization.challenge.id, scene.now(), ra::MailDeferred{scene.now() + 1h, "451 later"}}));

    EXPECT_EQ(must(scene.store().mails().reclaim(scene.now())), 1);
    const auto due = dueAt(scene, scene.now(), 10);
    ASSERT_EQ(due.size(), 1u);
    EXPECT_EQ(due.front().challenge, underWay.authorization.challenge.id);
}

TEST(MailBook, SendsADeferredMailAgainAndADeliveredOneNever) {
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    const ChallengeId& challenge = order.authorization.challenge.id;
    scene.release(order);
    must(scene.store().mails().recordSend(scene.draftSend(order)));
    must(scene.store().mails().recordOutcome(
        {challenge, scene.now(), ra::MailDeferred{scene.now() + 5min, "451 later"}}));
    EXPECT_EQ(dueCount(scene, 4min), 0u);
    EXPECT_EQ(dueCount(scene, 5min), 1u);
    must(scene.store().mails().recordOutcome({challenge, scene.now(), ra::MailDelivered{}}));
    EXPECT_EQ(dueCount(scene, 6min), 0u);
    EXPECT_EQ(kindOf(scene.store().mails().recordOutcome({challenge, scene.now(), ra::MailDelivered{}})),
              ErrorKind::Conflict);
    EXPECT_EQ(
        kindOf(scene.store().mails().recordOutcome({challenge, scene.now(), ra::MailDeferred{scene.now(), "451"}})),
        ErrorKind::Conflict);
}

TEST(MailBook, EndsTheChallengeOfARefusedMail) {  // A32
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    const ChallengeId& challenge = order.authorization.challenge.id;
    scene.release(order);
    const Error error = fail(ErrorKind::Connection, "the mail server refused the mailbox");
    must(scene.store().mails().recordOutcome({challenge, scene.now(), ra::MailRefused{error}}));
    const auto read = must(scene.store().orders().findByChallenge(challenge)).challenge;
    EXPECT_EQ(read.error, error);
    EXPECT_EQ(read.endedAt, scene.now());
    EXPECT_EQ(dueCount(scene), 0u);
    EXPECT_EQ(kindOf(scene.store().mails().recordSend(scene.draftSend(order))), ErrorKind::Conflict);
}

TEST(ReplyBook, EndsTheChallengeOfAMailThatCameBack) {  // A32
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id), other = scene.order(scene.account().id);
    const ChallengeId& challenge = order.authorization.challenge.id;
    scene.release(order);
    ra::MailSend send = scene.draftSend(order);
    const EmailAddress from = must(EmailAddress::parse("acme@ca.example"));
    const EmailAddress sender = must(ra::envelopeSender(from, send.part1Sha256, scene.random()));
    send.envelopeSender = sender.text();
    must(scene.store().mails().recordSend(send));
    ra::ReplyBook& replies = scene.store().replies();
    EXPECT_EQ(must(replies.findByEnvelopeSender(sender)), challenge);
    EXPECT_EQ(must(replies.findByEnvelopeSender(must(ra::envelopeSender(from, send.part1Sha256, scene.random())))),
              std::nullopt)
        << "the rest of the address counts, too";
    EXPECT_EQ(must(replies.findByEnvelopeSender(from)), std::nullopt);

    const Error error = fail(ErrorKind::Connection, "the challenge mail came back (5.1.1)");
    must(replies.record(scene.reply(ra::Undeliverable{challenge, error})));
    const auto read = must(scene.store().orders().findByChallenge(challenge)).challenge;
    EXPECT_EQ(read.error, error);
    EXPECT_EQ(read.endedAt, scene.now());
    EXPECT_EQ(must(scene.store().orders().findByChallenge(other.authorization.challenge.id)).challenge.endedAt,
              std::nullopt);
}

TEST(MailBook, SendsNothingForWhatIsProvenOrExpired) {
    Scene scene;
    const AccountId account = scene.account().id;
    const ra::NewOrder proven = scene.order(account);
    scene.release(proven);
    scene.validate(proven);
    EXPECT_EQ(dueCount(scene), 0u);
    const ra::NewOrder expired = scene.order(account);
    scene.release(expired);
    EXPECT_EQ(dueCount(scene, 24h), 0u);
    EXPECT_TRUE(must(scene.store().mails().waiting(scene.now() + 24h, 10)).empty());
}

TEST(ReplyBook, FindsEveryMailOfAChallengeByItsOwnToken) {  // A6: earlier ones stay good inside their window
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    scene.release(order);
    std::vector<ra::MailSend> sends;
    for (int mail = 0; mail < 2; ++mail) {
        sends.push_back(scene.draftSend(order));
        must(scene.store().mails().recordSend(sends.back()));
        scene.clock().advance(2min);
    }
    for (const ra::MailSend& send : sends) {
        const auto awaited = must(scene.store().replies().findByPart1(send.part1Sha256));
        ASSERT_TRUE(awaited);
        EXPECT_EQ(awaited->challenge, send.challenge);
        EXPECT_EQ(awaited->digest, send.digest);
        EXPECT_EQ(awaited->messageId, send.messageId);
        EXPECT_EQ(awaited->sentAt, send.at);
        EXPECT_EQ(awaited->from, order.authorization.challenge.from);
        EXPECT_EQ(awaited->expires, order.authorization.expires);  // before 24 h after the mail (A17)
        EXPECT_TRUE(awaited->open);
    }
    EXPECT_EQ(must(scene.store().replies().findByPart1(scene.random().bytes(32))), std::nullopt);
}

TEST(ReplyBook, ProvesOnceAndLaterRepliesChangeNothing) {  // A18
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    const ChallengeId& challenge = order.authorization.challenge.id;
    must(scene.store().replies().record(scene.reply(ra::Proves{challenge, ra::ValidationMethod::Strict})));
    const Time first = scene.now();
    scene.clock().advance(1min);
    must(scene.store().replies().record(scene.reply(ra::Proves{challenge, ra::ValidationMethod::Compatible})));
    for (int wrong = 0; wrong < 12; ++wrong) {
        must(scene.store().replies().record(scene.reply(ra::WrongDigest{challenge})));
    }
    const auto read = must(scene.store().orders().findByChallenge(challenge)).challenge;
    EXPECT_EQ(read.provenAt, first);
    EXPECT_EQ(read.method, ra::ValidationMethod::Strict);
    EXPECT_EQ(read.error, std::nullopt);
    EXPECT_EQ(scene.count("SELECT count(*) FROM judged_replies"), 14);  // all are on record
    EXPECT_EQ(CheckInvariants(scene.path()), std::vector<std::string>{});
}

TEST(ReplyBook, EndsTheChallengeAtTheTenthWrongDigest) {  // A20
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    const ChallengeId& challenge = order.authorization.challenge.id;
    const auto read = [&] { return must(scene.store().orders().findByChallenge(challenge)).challenge; };
    for (int wrong = 0; wrong < 9; ++wrong) {
        must(scene.store().replies().record(scene.reply(ra::WrongDigest{challenge})));
    }
    EXPECT_EQ(read().endedAt, std::nullopt);
    must(scene.store().replies().record(scene.reply(ra::WrongDigest{challenge})));
    EXPECT_EQ(read().endedAt, scene.now());
    EXPECT_EQ(read().error->kind, ErrorKind::IncorrectResponse);
    must(scene.store().replies().record(scene.reply(ra::Proves{challenge, ra::ValidationMethod::Strict})));
    EXPECT_EQ(read().provenAt, std::nullopt);
}

TEST(ReplyBook, EndsTheChallengeWhoseReplyDnsKeptFromBeingVerified) {  // A20
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    const ChallengeId& challenge = order.authorization.challenge.id;
    const auto read = [&] { return must(scene.store().orders().findByChallenge(challenge)).challenge; };
    must(scene.store().replies().record(scene.reply(ra::Unverifiable{challenge, fail(ErrorKind::Dns, "no answer")})));
    EXPECT_EQ(read().endedAt, scene.now());
    EXPECT_EQ(read().error, fail(ErrorKind::Dns, "no answer"));

    const ra::NewOrder proven = scene.order(scene.account().id);
    const ChallengeId& first = proven.authorization.challenge.id;
    must(scene.store().replies().record(scene.reply(ra::Proves{first, ra::ValidationMethod::Strict})));
    must(scene.store().replies().record(scene.reply(ra::Unverifiable{first, fail(ErrorKind::Dns, "no answer")})));
    EXPECT_EQ(must(scene.store().orders().findByChallenge(first)).challenge.error, std::nullopt) << "A18";
}

TEST(ReplyBook, CountsTheSameMailOnce) {
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    const ra::JudgedReply reply = scene.reply(ra::WrongDigest{order.authorization.challenge.id});
    for (int delivery = 0; delivery < 20; ++delivery) must(scene.store().replies().record(reply));
    EXPECT_EQ(scene.count("SELECT wrong_replies FROM challenges"), 1);
    EXPECT_EQ(scene.count("SELECT count(*) FROM judged_replies"), 1);
}

TEST(ReplyBook, NeverProvesAfterExpiry) {  // A17
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    const ChallengeId& challenge = order.authorization.challenge.id;
    scene.clock().advance(24h);
    must(scene.store().replies().record(scene.reply(ra::Proves{challenge, ra::ValidationMethod::Strict})));
    EXPECT_EQ(must(scene.store().orders().findByChallenge(challenge)).challenge.provenAt, std::nullopt);
}

TEST(ReplyBook, RecordsMailThatProvesNothing) {  // A19
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    must(scene.store().replies().record(scene.reply(ra::ProvesNothing{})));
    must(scene.store().replies().record(scene.reply(ra::ProvesNothing{order.authorization.challenge.id})));
    EXPECT_EQ(scene.count("SELECT count(*) FROM judged_replies WHERE applied = 0"), 2);
    EXPECT_EQ(kindOf(scene.store().replies().record(
                  scene.reply(ra::Proves{ChallengeId::random(scene.random()), ra::ValidationMethod::Strict}))),
              ErrorKind::NotFound);
}

}  // namespace
}  // namespace mailca::test
