// Erasure of evidence (A49, D52): never before its time, never what the audit log rests on.
#include "store/retention.h"

#include <gtest/gtest.h>

#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

class RetentionTest : public ::testing::Test {
 protected:
    ~RetentionTest() override { EXPECT_EQ(CheckInvariants(scene.path()), std::vector<std::string>()); }

    // Everything that ended before now.
    void erase() {
        while (must(m_retention.step(scene.now(), scene.now()))) {
        }
    }
    void sendMail(const ra::NewOrder& order) {
        scene.release(order);
        must(scene.store().mails().recordSend(scene.draftSend(order)));
    }
    std::int64_t replies() { return scene.count("SELECT count(*) FROM judged_replies"); }
    std::int64_t mails() { return scene.count("SELECT count(*) FROM challenge_mails"); }
    std::int64_t delays() { return scene.count("SELECT count(*) FROM mail_delays"); }
    std::int64_t findings() { return scene.count("SELECT count(*) FROM findings WHERE evidence <> '{}'"); }
    ra::JudgedReply said(decltype(ra::JudgedReply::verdict) verdict, const std::string& evidence) {
        ra::JudgedReply reply = scene.reply(std::move(verdict));
        reply.evidence = evidence;
        return reply;
    }

    Scene scene;
    const AccountId alice = scene.account().id;
    store::Retention m_retention{scene.store().database()};
};

TEST_F(RetentionTest, MailThatLedToNothingGoesWithItsTime) {
    const ra::NewOrder order = scene.order(alice);
    sendMail(order);
    must(scene.store().mails().recordOutcome(
        {order.authorization.challenge.id, scene.now(), ra::MailDeferred{scene.now() + 1h, "451 later"}}));
    must(scene.store().replies().record(said(ra::ProvesNothing{}, "{\"a\":1}")));
    must(scene.store().replies().record(said(ra::WrongDigest{order.authorization.challenge.id}, "{\"b\":1}")));
    must(scene.store().accounts().deactivate({alice, scene.now()}));  // the order has ended
    erase();
    EXPECT_EQ(replies(), 2) << "it was judged just now";
    EXPECT_EQ(delays(), 1);
    scene.clock().advance(1s);
    erase();
    EXPECT_EQ(replies(), 0);
    EXPECT_EQ(mails(), 0);
    EXPECT_EQ(delays(), 0);
    EXPECT_EQ(findings(), 0);
    EXPECT_EQ(scene.count("SELECT count(*) FROM audit WHERE act = 'evidence.erased'"), 1);
}

TEST_F(RetentionTest, WhatACertificateRestsOnStaysUntilItHasExpiredAndItsHashForEver) {
    const ra::NewOrder order = scene.order(alice);
    sendMail(order);
    must(scene.store().orders().postChallenge({order.authorization.challenge.id, scene.now()}));
    const ra::JudgedReply proof =
        said(ra::Proves{order.authorization.challenge.id, ra::ValidationMethod::Strict}, "{\"dkim\":[]}");
    must(scene.store().replies().record(proof));
    must(scene.store().orders().finalize(scene.finalization(order)));
    const ca::IntentsOfOrder intents = scene.intents(order);
    must(scene.store().issuance().recordIntents(intents));
    must(scene.store().issuance().recordIssued(scene.issuedFrom(order, intents)));
    scene.clock().advance(24h * 365);
    erase();
    EXPECT_EQ(findings(), 1);
    EXPECT_EQ(mails(), 1);
    scene.clock().advance(1s);
    erase();
    EXPECT_EQ(findings(), 0);
    EXPECT_EQ(mails(), 0);
    EXPECT_EQ(replies(), 1);
    EXPECT_EQ(scene.count("SELECT count(*) FROM judged_replies WHERE source = ''"), 1);
    erase();
    EXPECT_EQ(scene.count("SELECT count(*) FROM audit WHERE act = 'evidence.erased'"), 1) << "nothing is left to erase";
}

TEST_F(RetentionTest, AnOpenOrderKeepsItsMails) {
    const ra::NewOrder order = scene.order(alice);
    sendMail(order);
    must(scene.store().replies().record(scene.reply(ra::WrongDigest{order.authorization.challenge.id})));
    scene.clock().advance(24h * 1000);
    erase();
    EXPECT_EQ(replies(), 1);
    EXPECT_EQ(mails(), 1);
}

TEST_F(RetentionTest, ALongLogIsErasedPieceByPiece) {
    for (int i = 0; i < 4500; ++i) must(scene.store().replies().record(scene.reply(ra::ProvesNothing{})));
    scene.clock().advance(1s);
    int steps = 1;
    while (must(m_retention.step(scene.now(), scene.now()))) ++steps;
    EXPECT_EQ(steps, 3);
    EXPECT_EQ(replies(), 0);
}

}  // namespace
}  // namespace mailca::test
