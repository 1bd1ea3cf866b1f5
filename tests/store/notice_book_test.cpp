// What mailboxes are told, and entries of the exchange that wait for it (docs/decisions/publication-hold.md).
#include "store/notice_book.h"

#include <gtest/gtest.h>

#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

class NoticeBookTest : public ::testing::Test {
 protected:
    NoticeBookTest() {
        scene.hold = 24h;
        scene.open();
    }
    ~NoticeBookTest() override { EXPECT_EQ(CheckInvariants(scene.path()), std::vector<std::string>()); }

    ra::NoticeBook& book() { return scene.store().notices(); }
    std::vector<ra::DueNotice> due() { return must(book().due(scene.now(), 16)); }
    void settle(decltype(ra::NoticeOutcome::outcome) outcome) {
        for (const ra::DueNotice& one : due()) {
            must(book().settle({{one.mailbox, one.kind, one.last, scene.now(), outcome}}));
        }
    }
    std::size_t seen() {
        return must(scene.store().directory().lookup(mailbox(), {exchange::Role::Sign, exchange::Role::Encrypt},
                                                     scene.now()))
            .size();
    }
    int publish() { return must(book().publishHeld(scene.now(), 100)); }

    Scene scene;
    const AccountId alice = scene.account().id, other = scene.account().id;
};

TEST_F(NoticeBookTest, AnAccountThatIsNewToTheMailboxIsToldOfAtOnce) {
    const ra::IssuedOrder issued = scene.issue(alice);
    const std::vector<ra::DueNotice> notices = due();
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_EQ(notices[0].mailbox, mailbox());
    EXPECT_EQ(notices[0].since, scene.now());
    ASSERT_EQ(notices[0].certificates.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        const ra::NoticedCertificate& one = notices[0].certificates[i];
        EXPECT_EQ(one.serial, issued.items[i].record.serial);
        EXPECT_EQ(one.profile, issued.items[i].record.profile);
        EXPECT_EQ(one.notAfter, issued.items[i].record.notAfter);
        EXPECT_TRUE(one.stranger);
        EXPECT_FALSE(one.held) << "there is nobody else's to put a new key beside";
    }
    EXPECT_EQ(seen(), 2U);
    settle(ra::NoticeSent{});
    EXPECT_TRUE(due().empty());
    EXPECT_EQ(scene.count("SELECT count(*) FROM orders WHERE told_at > 0"), 1);
}

TEST_F(NoticeBookTest, AnAccountThatHadSomeIsToldOfLaterAndTogether) {
    scene.issue(alice);
    settle(ra::NoticeSent{});
    scene.issue(alice);
    scene.clock().advance(10min);
    scene.issue(alice);
    EXPECT_TRUE(due().empty());
    scene.clock().advance(5min);
    ASSERT_EQ(due().size(), 1U);
    EXPECT_EQ(due()[0].certificates.size(), 4U);
    EXPECT_FALSE(due()[0].certificates[0].stranger);
    settle(ra::NoticeSent{});
    scene.clock().advance(1h);
    EXPECT_TRUE(due().empty());
}

TEST_F(NoticeBookTest, EachMailboxGetsItsOwn) {
    scene.issue(alice);
    scene.issue(alice, "bob@example.org");
    EXPECT_EQ(due().size(), 2U);
    EXPECT_EQ(must(book().due(scene.now(), 1)).size(), 1U);
}

TEST_F(NoticeBookTest, ANewAccountsKeysWaitBesideThoseOfOthers) {  // design section 7
    scene.issue(alice);
    settle(ra::NoticeSent{});
    scene.issue(other);
    EXPECT_EQ(seen(), 2U);
    ASSERT_EQ(due().size(), 1U);
    EXPECT_TRUE(due()[0].certificates[0].held);
    EXPECT_EQ(due()[0].hold, seconds(24h));
    scene.clock().advance(48h);
    EXPECT_EQ(publish(), 0) << "nobody was told yet";
    settle(ra::NoticeSent{});
    scene.clock().advance(12h);
    settle(ra::NoticeSent{});  // the reminder
    scene.clock().advance(12h - 1s);
    EXPECT_EQ(publish(), 0);
    EXPECT_EQ(CheckInvariants(scene.path()), std::vector<std::string>());
    scene.clock().advance(1s);
    EXPECT_EQ(publish(), 2);
    EXPECT_EQ(publish(), 0);
    EXPECT_EQ(seen(), 4U);
    EXPECT_EQ(scene.count("SELECT count(*) FROM feed WHERE kind = 0"), 4);
}

TEST_F(NoticeBookTest, IsHeldAgainUntilTheFirstOfItsKeysIsPublished) {
    scene.issue(alice);
    scene.issue(other);
    scene.issue(other);
    EXPECT_EQ(seen(), 2U);
    settle(ra::NoticeSent{});
    scene.clock().advance(24h);
    settle(ra::NoticeSent{});
    EXPECT_EQ(publish(), 4);
    scene.issue(other);
    scene.issue(alice);
    EXPECT_EQ(seen(), 10U) << "both are known by now";
}

TEST_F(NoticeBookTest, ARevokedKeyIsNeverPublishedAndIsNoReasonToHold) {
    const ra::IssuedOrder first = scene.issue(alice);
    const ra::IssuedOrder held = scene.issue(other);
    for (const ra::IssuedItem& item : held.items) {
        must(scene.store().certificates().revoke(scene.revocation(item.record.id)));
    }
    settle(ra::NoticeSent{});
    scene.clock().advance(24h);
    EXPECT_EQ(publish(), 0);
    EXPECT_EQ(scene.count("SELECT count(*) FROM feed"), 2) << "nobody ever saw them";
    for (const ra::IssuedItem& item : first.items) {
        must(scene.store().certificates().revoke(scene.revocation(item.record.id)));
    }
    scene.issue(other);
    EXPECT_EQ(seen(), 2U);
}

TEST_F(NoticeBookTest, ExpiredKeysOfOthersAreNoReasonToHold) {
    scene.issue(alice);
    scene.clock().advance(24h * 366);
    scene.issue(other);
    EXPECT_EQ(seen(), 2U);
}

TEST_F(NoticeBookTest, TheOwnerFindsWhatIsHeld) {
    scene.issue(alice);
    scene.issue(other);
    EXPECT_EQ(must(scene.store().certificates().findByMailbox(mailbox())).size(), 4U);
}

TEST_F(NoticeBookTest, WithoutAHoldEverythingIsPublishedAtOnce) {
    scene.hold = 0s;
    scene.open();
    scene.issue(alice);
    scene.issue(other);
    EXPECT_EQ(seen(), 4U);
    EXPECT_FALSE(due()[0].certificates.back().held);
}

TEST_F(NoticeBookTest, WhatComesWhileAMailLeavesIsForTheNext) {
    scene.issue(alice);
    const std::vector<ra::DueNotice> underWay = due();
    scene.issue(alice);
    must(book().settle({{underWay[0].mailbox, underWay[0].kind, underWay[0].last, scene.now(), ra::NoticeSent{}}}));
    EXPECT_TRUE(due().empty());
    scene.clock().advance(ra::kNoticeDelay);
    ASSERT_EQ(due().size(), 1U);
    EXPECT_EQ(due()[0].certificates.size(), 2U);
}

TEST_F(NoticeBookTest, ADeferredOneComesAgain) {
    scene.issue(alice);
    settle(ra::NoticeDeferred{scene.now() + 40s});
    EXPECT_TRUE(due().empty());
    scene.clock().advance(40s);
    ASSERT_EQ(due().size(), 1U);
    EXPECT_EQ(due()[0].attempts, 1);
    scene.open();  // another process
    EXPECT_EQ(due().size(), 1U);
}

TEST_F(NoticeBookTest, OneThatIsGivenUpHoldsNothingForEver) {
    scene.issue(alice);
    scene.issue(other);
    settle(ra::NoticeGivenUp{});
    EXPECT_EQ(scene.count("SELECT count(*) FROM orders WHERE told_at = 0"), 2);
    scene.clock().advance(24h);
    settle(ra::NoticeGivenUp{});
    EXPECT_EQ(publish(), 2);
}

// Whoever read the mailbox for minutes may have taken the notice away.
TEST_F(NoticeBookTest, TheMailboxIsRemindedOfWhatIsHeldBeforeItIsPublished) {
    scene.issue(alice);
    settle(ra::NoticeSent{});
    const ra::IssuedOrder held = scene.issue(other);
    settle(ra::NoticeSent{});
    const Time told = scene.now();
    scene.clock().advance(12h - 1s);
    EXPECT_TRUE(due().empty());
    scene.issue(alice);
    scene.clock().advance(1s);
    ASSERT_EQ(due().size(), 1U) << "no other notice takes the reminder along before its time";
    EXPECT_EQ(due()[0].kind, ra::NoticeKind::Reminder);
    EXPECT_EQ(due()[0].heldUntil, told + 24h);
    EXPECT_EQ(due()[0].certificates.size(), 2U);
    must(scene.store().certificates().revoke(scene.revocation(held.items[0].record.id)));
    EXPECT_EQ(due()[0].certificates.size(), 1U);
    scene.clock().advance(24h);
    EXPECT_EQ(publish(), 0) << "the reminder has not left";
    settle(ra::NoticeDeferred{scene.now() + 5s});
    EXPECT_EQ(publish(), 0);
    scene.clock().advance(5s);
    settle(ra::NoticeSent{});
    EXPECT_EQ(publish(), 1);
    EXPECT_TRUE(due().empty());
}

TEST_F(NoticeBookTest, EachReminderLeavesAtItsOwnTime) {
    scene.issue(alice);
    scene.issue(other);
    settle(ra::NoticeSent{});
    scene.clock().advance(6h);
    scene.issue(scene.account().id);
    settle(ra::NoticeSent{});
    scene.clock().advance(6h);
    ASSERT_EQ(due().size(), 1U);
    EXPECT_EQ(due()[0].certificates.size(), 2U) << "of the second alone: the third is held six hours longer";
    settle(ra::NoticeSent{});
    EXPECT_TRUE(due().empty());
    scene.clock().advance(6h);
    ASSERT_EQ(due().size(), 1U);
    EXPECT_EQ(due()[0].certificates.size(), 2U);
}

// The third account's order comes while the second's notice leaves: older than the second's reminder, and told of by
// nobody when that leaves.
TEST_F(NoticeBookTest, AReminderTellsOfNothingElse) {
    const auto settleReminder = [&](decltype(ra::NoticeOutcome::outcome) outcome) {
        for (const ra::DueNotice& one : due()) {
            if (one.kind != ra::NoticeKind::Reminder) continue;
            must(book().settle({{one.mailbox, one.kind, one.last, scene.now(), outcome}}));
        }
    };
    scene.issue(alice);
    settle(ra::NoticeSent{});
    scene.issue(other);
    const ra::DueNotice underWay = due().at(0);
    scene.issue(scene.account().id);
    must(book().settle({{underWay.mailbox, underWay.kind, underWay.last, scene.now(), ra::NoticeSent{}}}));
    scene.clock().advance(12h);
    settleReminder(ra::NoticeDeferred{scene.now() + 5s});
    ASSERT_EQ(due().size(), 1U);
    EXPECT_EQ(due()[0].attempts, 0) << "the notice itself was not deferred";
    scene.clock().advance(5s);
    settleReminder(ra::NoticeSent{});
    EXPECT_EQ(scene.count("SELECT count(*) FROM orders WHERE told_at IS NULL"), 1);
    scene.clock().advance(48h);
    EXPECT_EQ(publish(), 2) << "the second's; nobody was told of the third's";
    settle(ra::NoticeSent{});
    scene.clock().advance(12h);
    settle(ra::NoticeSent{});  // its reminder
    EXPECT_EQ(publish(), 0) << "the third's time began when its own notice left";
    scene.clock().advance(12h);
    EXPECT_EQ(publish(), 2);
}

TEST_F(NoticeBookTest, NobodyIsRemindedOfWhatIsPublished) {
    scene.issue(alice);
    settle(ra::NoticeSent{});
    EXPECT_EQ(scene.count("SELECT count(*) FROM notices"), 0);
}

TEST_F(NoticeBookTest, NobodyIsRemindedOfWhatWasRevoked) {
    scene.issue(alice);
    const ra::IssuedOrder held = scene.issue(other);
    settle(ra::NoticeSent{});
    for (const ra::IssuedItem& item : held.items) {
        must(scene.store().certificates().revoke(scene.revocation(item.record.id)));
    }
    scene.clock().advance(12h);
    ASSERT_EQ(due().size(), 1U);
    EXPECT_TRUE(due()[0].certificates.empty());
    settle(ra::NoticeSent{});
    EXPECT_TRUE(due().empty());
}

TEST_F(NoticeBookTest, ALongListIsToldInSeveralMails) {
    for (int i = 0; i < 70; ++i) scene.issue(alice, "alice@example.org", {"smime-sign"});
    EXPECT_EQ(due()[0].certificates.size(), 64U);
    settle(ra::NoticeSent{});
    scene.clock().advance(ra::kNoticeDelay);
    EXPECT_EQ(due()[0].certificates.size(), 6U);
}

}  // namespace
}  // namespace mailca::test
