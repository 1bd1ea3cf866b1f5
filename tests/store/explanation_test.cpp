// What the operator is told of an order.
#include "store/explanation.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

class ExplanationTest : public testing::Test {
 protected:
    std::string told(const ra::NewOrder& order) {
        std::string all;
        Time before{};
        for (const store::OrderEvent& event : must(store::explainOrder(scene.path(), order.order.id))) {
            EXPECT_LE(before, event.at) << event.what;
            before = event.at;
            all += event.what + "\n";
        }
        return all;
    }
    Scene scene;
    const AccountId alice = scene.account().id;
};

TEST_F(ExplanationTest, TellsWhyAnOrderCameToNothing) {
    const ra::NewOrder order = scene.order(alice);
    EXPECT_NE(told(order).find("ordered by account " + alice.text() + ": profile smime for alice@example.org"),
              std::string::npos);
    scene.release(order);
    must(scene.store().mails().recordSend(scene.draftSend(order)));
    const ChallengeId& challenge = order.authorization.challenge.id;
    must(scene.store().mails().recordOutcome({challenge, scene.now(), ra::MailDelivered{}}));
    scene.clock().advance(10s);
    must(scene.store().replies().record(scene.reply(ra::WrongDigest{challenge})));
    must(scene.store().replies().record(scene.reply(ra::ProvesNothing{challenge})));
    scene.clock().advance(10s);
    const Error error = fail(ErrorKind::Connection, "the challenge mail came back (5.1.1)");
    must(scene.store().replies().record(scene.reply(ra::Undeliverable{challenge, error})));
    const std::string all = told(order);
    for (const char* part :
         {"from bounce@ca.example.net", "the mail server took the challenge mail",
          "was judged: as the test says; it counted", "was judged: as the test says; it changed nothing",
          "the challenge ended: the challenge mail came back (5.1.1) (Connection)",
          "1 replies held a wrong digest by now"}) {
        EXPECT_NE(all.find(part), std::string::npos) << part << "\n" << all;
    }
    EXPECT_LT(all.find("wrong digest"), all.find("the challenge ended")) << all;
}

TEST_F(ExplanationTest, TellsWhatTheChallengeMailWaitedFor) {
    constexpr ra::StrangerBudget kOneAnHour{.mails = 1, .per = 1h, .longestWait = 24h};
    const auto release = [&](const ra::NewOrder& order) {
        must(scene.store().orders().releaseMail(
            {order.authorization.challenge.id, scene.now(), scene.now() + 2s, kOneAnHour}));
    };
    const ra::NewOrder first = scene.order(alice), second = scene.order(alice);
    release(first);
    release(second);
    release(second);  // fetched twice at once: it waits once
    scene.clock().advance(1h + 2s);
    must(scene.store().mails().recordSend(scene.draftSend(second)));
    must(scene.store().mails().recordOutcome(
        {second.authorization.challenge.id, scene.now(), ra::MailDeferred{scene.now() + 5s, "451 4.7.1 greylisted"}}));
    scene.clock().advance(5s);
    must(scene.store().mails().recordOutcome({second.authorization.challenge.id, scene.now(), ra::MailDelivered{}}));
    const std::string all = told(second);
    for (const char* part : {": accounts that never proved this mailbox get 1 mails for it in 60 minutes, all together",
                             ": 451 4.7.1 greylisted", "the mail server took the challenge mail"}) {
        EXPECT_NE(all.find(part), std::string::npos) << part << "\n" << all;
    }
    EXPECT_LT(all.find("never proved"), all.find("greylisted")) << all;
    EXPECT_EQ(all.find("never proved"), all.rfind("never proved")) << all;
    EXPECT_EQ(told(first).find("waits until"), std::string::npos) << "it met no limit";
}

TEST_F(ExplanationTest, SaysWhatIsNotThere) {
    EXPECT_EQ(store::explainOrder(scene.path(), OrderId::random(scene.random())).error().kind, ErrorKind::NotFound);
    EXPECT_EQ(store::explainOrder(scene.path() + ".none", OrderId::random(scene.random())).error().kind,
              ErrorKind::Config);
}

}  // namespace
}  // namespace mailca::test
