// A22: how much mail a mailbox gets, and whose waits for whom.
#include <gtest/gtest.h>

#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

constexpr ra::StrangerBudget kBudget{.mails = 3, .per = 1h, .longestWait = 1h};

class MailBudget : public testing::Test {
 protected:
    ~MailBudget() override { EXPECT_EQ(CheckInvariants(scene.path()), std::vector<std::string>{}); }

    ra::MailCounts counts(const AccountId& account, std::string_view address = "alice@example.org") {
        return must(scene.store().orders().recentMails({mailbox(address), account, scene.now(), kBudget}));
    }
    ra::NewOrder release(const AccountId& account, std::string_view address = "alice@example.org") {
        const ra::NewOrder order = scene.order(account, address);
        must(scene.store().orders().releaseMail(
            {order.authorization.challenge.id, scene.now(), scene.now() + 2s, kBudget}));
        return order;
    }
    // Mails that may leave now.
    std::size_t due() {
        std::size_t count = 0;
        for (const ra::DueMail& mail : must(scene.store().mails().waiting(scene.now(), 100))) {
            count += mail.dueAt <= scene.now() ? 1 : 0;
        }
        return count;
    }
    ra::ChallengeState challengeOf(const ra::NewOrder& order) {
        return must(scene.store().orders().findAuthorization(order.authorization.id)).challenge.state();
    }
    Scene scene;
    const AccountId alice = scene.account().id;
    const AccountId mallory = scene.account().id;
};

TEST_F(MailBudget, CountsOrdersOfAnAccountForAMailbox) {
    scene.order(alice);
    scene.clock().advance(2h);
    const Time first = scene.now();
    scene.order(alice);
    scene.order(alice, "bob@example.org");
    scene.order(mallory);
    scene.clock().advance(10s);
    scene.order(alice);
    EXPECT_EQ(counts(alice).mailboxAndAccount, 2);
    EXPECT_EQ(counts(alice).oldest, first);
    EXPECT_EQ(counts(alice).unanswered, 3);
    EXPECT_EQ(counts(alice).lastOrder, scene.now());
    EXPECT_EQ(counts(alice, "nobody@example.org").mailboxAndAccount, 0);
    EXPECT_EQ(counts(AccountId::random(scene.random())).unanswered, 0);
    scene.clock().advance(24h * 31);
    EXPECT_EQ(counts(alice).unanswered, 0) << "a month later";
}

TEST_F(MailBudget, CountsMailsThatWereRefusedOrCameBack) {  // A32
    const Error gone = fail(ErrorKind::Connection, "550 no such mailbox");
    EXPECT_EQ(counts(alice).undeliverable, 0);
    const ra::NewOrder refused = release(alice);
    must(scene.store().mails().recordOutcome({refused.authorization.challenge.id, scene.now(), ra::MailRefused{gone}}));
    EXPECT_EQ(counts(alice).undeliverable, 1);
    EXPECT_EQ(counts(alice).lastUndeliverable, scene.now());
    scene.clock().advance(1h);
    const ra::NewOrder back = release(alice);
    must(scene.store().replies().record(scene.reply(ra::Undeliverable{back.authorization.challenge.id, gone})));
    const ra::NewOrder other = release(alice);  // ended for another reason
    must(scene.store().replies().record(
        scene.reply(ra::Unverifiable{other.authorization.challenge.id, fail(ErrorKind::Dns, "no")})));
    EXPECT_EQ(counts(alice).undeliverable, 2);
    EXPECT_EQ(counts(alice).lastUndeliverable, scene.now());
    EXPECT_EQ(counts(mallory).undeliverable, 0) << "her account, her mailbox";
    EXPECT_EQ(counts(alice, "bob@example.org").undeliverable, 0);
    scene.validate(release(alice));
    EXPECT_EQ(counts(alice).undeliverable, 0) << "she proved it";
}

TEST_F(MailBudget, KnowsWhoProvedTheMailboxBefore) {
    scene.validate(scene.order(alice));
    must(scene.store().orders().postChallenge({scene.order(mallory).authorization.challenge.id, scene.now()}));
    scene.clock().advance(1000h);
    EXPECT_TRUE(counts(alice).validatedBefore);
    EXPECT_FALSE(counts(alice, "bob@example.org").validatedBefore);
    EXPECT_FALSE(counts(mallory).validatedBefore);
}

TEST_F(MailBudget, AProofForgivesWhatWasNotAnswered) {
    for (int i = 0; i < 5; ++i) scene.order(alice);
    EXPECT_EQ(counts(alice).unanswered, 5);
    scene.validate(scene.order(alice));
    EXPECT_EQ(counts(alice).unanswered, 0);
    scene.order(alice);
    EXPECT_EQ(counts(alice).unanswered, 1);
}

TEST_F(MailBudget, StrangersMailsWaitTheirTurn) {
    for (int i = 0; i < 5; ++i) release(mallory);
    scene.clock().advance(2s);
    EXPECT_EQ(due(), 3u);
    scene.clock().advance(1h - 3s);
    EXPECT_EQ(due(), 3u) << "none of the first has left: they have their time all the same";
    scene.clock().advance(3s);
    EXPECT_EQ(due(), 5u);
}

TEST_F(MailBudget, WhatWouldWaitTooLongEnds) {
    for (int i = 0; i < 6; ++i) release(mallory);
    EXPECT_EQ(counts(alice).strangersNext, scene.now() + 2s + 2h);
    const ra::NewOrder late = release(alice);
    const auto end = challengeOf(late);
    ASSERT_TRUE(std::holds_alternative<ra::Invalid>(end));
    EXPECT_EQ(std::get<ra::Invalid>(end).error.kind, ErrorKind::RateLimited);
    scene.clock().advance(24h + 1s);
    EXPECT_EQ(counts(alice).strangersNext, scene.now()) << "yesterday's do not count";
}

TEST_F(MailBudget, TheOwnerWaitsForNoStranger) {
    scene.validate(scene.order(alice));
    for (int i = 0; i < 20; ++i) release(mallory);
    scene.clock().advance(2s);
    ASSERT_EQ(due(), 3u);
    release(alice);
    scene.clock().advance(2s);
    EXPECT_EQ(due(), 4u);
}

TEST_F(MailBudget, TheOwnersMailsAreNotTheStrangers) {
    scene.validate(scene.order(alice));
    for (int i = 0; i < 9; ++i) release(alice);
    EXPECT_EQ(counts(mallory).strangersNext, scene.now());
    release(mallory, "bob@example.org");
    EXPECT_EQ(counts(mallory).strangersNext, scene.now()) << "each mailbox has its own budget";
}

TEST_F(MailBudget, OnlyTheFirstReleaseCounts) {
    const ra::NewOrder order = release(mallory);
    must(scene.store().orders().releaseMail(
        {order.authorization.challenge.id, scene.now() + 9s, scene.now() + 9s, kBudget}));
    scene.clock().advance(2s);
    EXPECT_EQ(due(), 1u);
}

}  // namespace
}  // namespace mailca::test
