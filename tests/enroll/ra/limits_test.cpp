#include "enroll/ra/limits.h"

#include "tests/enroll/support/registration.h"

namespace mailca::ra {
namespace {

const EmailAddress kAlice = test::address("alice@example.org");

class LimitsTest : public test::Registration {
 protected:
    // The rates that a test is not about are out of the way.
    static LimitPolicy wide() {
        return {.accountsPerPeer = 10'000,
                .ordersPerPeer = 10'000,
                .ordersPerAccount = 10'000,
                .ordersPerDomain = 10'000,
                .mailsPerMailbox = 10'000,
                .strangersMailsPerPeer = 10'000,
                .strangersMails = 10'000};
    }
    std::optional<Wait> ask(Limits& asked, const EmailAddress& mailbox = kAlice, const std::string& peer = "192.0.2.1",
                            bool mail = true) {
        return asked.newOrder(account.id, mailbox, peer, mail).value();
    }
    // How many of `times` orders in a row may go.
    int taken(Limits& asked, int times, const EmailAddress& mailbox = kAlice, const std::string& peer = "192.0.2.1",
              bool mail = true) {
        int count = 0;
        for (int i = 0; i < times; ++i) count += ask(asked, mailbox, peer, mail) ? 0 : 1;
        return count;
    }
};

TEST_F(LimitsTest, HoldForAccountDomainAndPeer) {  // A22
    struct Case {
        const char* what;
        int LimitPolicy::*rate;
    };
    for (const Case& one :
         {Case{"account", &LimitPolicy::ordersPerAccount}, Case{"domain", &LimitPolicy::ordersPerDomain},
          Case{"address", &LimitPolicy::ordersPerPeer}}) {
        LimitPolicy rates = wide();
        rates.*one.rate = 6;
        Limits made(rates, orderBook, clock);
        EXPECT_EQ(taken(made, 10), 6) << one.what;
        const auto wait = ask(made);
        ASSERT_TRUE(wait) << one.what;
        EXPECT_EQ(wait->time, 600s) << one.what;
        EXPECT_NE(wait->reason.find(one.what), std::string::npos) << wait->reason;
        clock.advance(600s);
        EXPECT_FALSE(ask(made)) << one.what;
        clock.advance(1h);
    }
}

TEST_F(LimitsTest, KeepAccountsDomainsAndPeersApart) {
    LimitPolicy rates = wide();
    rates.ordersPerAccount = rates.ordersPerDomain = rates.ordersPerPeer = 1;
    Limits made(rates, orderBook, clock);
    EXPECT_FALSE(ask(made));
    EXPECT_TRUE(ask(made));
    account = newAccount("another");
    EXPECT_TRUE(ask(made, test::address("bob@example.net"))) << "the same peer";
    EXPECT_TRUE(ask(made, kAlice, "192.0.2.2")) << "the same domain";
    EXPECT_FALSE(ask(made, test::address("bob@example.net"), "192.0.2.2")) << "what was refused counted nowhere";
}

TEST_F(LimitsTest, TakeAnIpv6LinkForOnePeer) {
    LimitPolicy rates = wide();
    rates.accountsPerPeer = 1;
    Limits made(rates, orderBook, clock);
    EXPECT_FALSE(made.newAccount("2001:db8::1"));
    const auto wait = made.newAccount("2001:db8::ffff:2");
    ASSERT_TRUE(wait);
    EXPECT_EQ(wait->time, 3600s);
    EXPECT_FALSE(made.newAccount("2001:db8:0:1::1"));
    EXPECT_FALSE(made.newAccount("192.0.2.1"));
    EXPECT_FALSE(made.newAccount("192.0.2.2"));
}

TEST_F(LimitsTest, HaveOverrides) {
    for (const decltype(LimitOverride::of)& of :
         {decltype(LimitOverride::of)(account.id), decltype(LimitOverride::of)("example.org"),
          decltype(LimitOverride::of)(IpNetwork::parse("192.0.2.0/24").value())}) {
        LimitPolicy rates = wide();
        rates.ordersPerAccount = rates.ordersPerPeer = rates.ordersPerDomain = 2;
        rates.overrides = {{.of = of, .times = 4}};
        Limits made(rates, orderBook, clock);
        EXPECT_EQ(taken(made, 20), 8);
        account = newAccount("another");
        EXPECT_EQ(taken(made, 20, test::address("bob@example.net"), "198.51.100.1"), 2);
        account = newAccount("thumbprint");
        clock.advance(2h);
    }
}

TEST_F(LimitsTest, LetAnAccountAskOftenForAMailboxButNotTooOften) {
    Limits made(LimitPolicy{}, orderBook, clock);
    orderBook.counts = {.mailboxAndAccount = 9, .oldest = clock.now() - 600s, .validatedBefore = true};
    EXPECT_FALSE(ask(made));
    orderBook.counts.mailboxAndAccount = 10;
    const auto wait = ask(made);
    ASSERT_TRUE(wait);
    EXPECT_EQ(wait->time, 3000s);
    EXPECT_EQ(orderBook.queries.back().now, clock.now());
    EXPECT_EQ(orderBook.queries.back().strangers.mails, 20);
    EXPECT_FALSE(ask(made, kAlice, "192.0.2.1", false)) << "no mail goes";
}

TEST_F(LimitsTest, LetStrangersWaitButNotForEver) {
    Limits made(LimitPolicy{}, orderBook, clock);
    orderBook.counts.strangersNext = clock.now() + 1h;
    EXPECT_FALSE(ask(made)) << "its mail leaves in an hour";
    orderBook.counts.strangersNext = clock.now() + 1h + 90s;
    const auto wait = ask(made);
    ASSERT_TRUE(wait);
    EXPECT_EQ(wait->time, 90s);
    orderBook.counts.validatedBefore = true;
    EXPECT_FALSE(ask(made)) << "no number of strangers locks the owner out";
}

TEST_F(LimitsTest, LetNoPeerTakeAllOfTheStrangersMails) {
    Limits made(LimitPolicy{}, orderBook, clock);
    int count = 0;
    for (int i = 0; i < 50; ++i) {
        account = newAccount("stranger" + std::to_string(i));
        count += ask(made) ? 0 : 1;
    }
    EXPECT_EQ(count, 5);
    EXPECT_FALSE(ask(made, kAlice, "198.51.100.1"));
    EXPECT_FALSE(ask(made, test::address("bob@example.org")));
    orderBook.counts.validatedBefore = true;
    EXPECT_FALSE(ask(made)) << "who proved it is no stranger";
}

TEST_F(LimitsTest, LetNoStrangersCloseADomainToItsOwners) {
    LimitPolicy rates = wide();
    rates.ordersPerDomain = 3;
    Limits made(rates, orderBook, clock);
    EXPECT_EQ(taken(made, 10), 3);
    EXPECT_FALSE(ask(made, kAlice, "192.0.2.1", false)) << "whose proof is used again";
    orderBook.counts.validatedBefore = true;
    EXPECT_FALSE(ask(made));
}

TEST_F(LimitsTest, CountSpellingsOfAMailboxTogether) {
    Limits made(LimitPolicy{}, orderBook, clock);
    int count = 0;
    for (const char* spelled : {"alice", "Alice", "ALICE", "alice+a", "alice+b", "aLice+c", "alicE", "alice+"}) {
        count += ask(made, test::address(std::string(spelled) + "@example.org")) ? 0 : 1;
    }
    EXPECT_EQ(count, 5);
}

TEST_F(LimitsTest, PauseAClientWhoseMailsNobodyAnswers) {
    Limits made(LimitPolicy{}, orderBook, clock);
    struct Case {
        int unanswered;
        seconds pause;
    };
    for (const Case& one :
         {Case{9, 0s}, Case{10, 1h}, Case{11, 2h}, Case{17, 128h}, Case{18, 24h * 7}, Case{1000, 24h * 7}}) {
        clock.advance(24h * 30);
        orderBook.counts = {.unanswered = one.unanswered, .lastOrder = clock.now(), .validatedBefore = true};
        const auto wait = ask(made);
        EXPECT_EQ(wait ? wait->time : 0s, one.pause) << one.unanswered;
        clock.advance(one.pause);
        EXPECT_FALSE(ask(made)) << "the way back";
    }
}

TEST_F(LimitsTest, LeaveAMailboxAloneThatRefusesOurMail) {  // A32
    Limits made(LimitPolicy{}, orderBook, clock);
    for (const auto& [undeliverable, pause] :
         {std::pair{0, 0s}, {1, seconds{1h}}, {2, seconds{2h}}, {9, seconds{24h * 7}}}) {
        clock.advance(24h * 30);
        orderBook.counts = {.undeliverable = undeliverable, .lastUndeliverable = clock.now(), .validatedBefore = true};
        const auto wait = ask(made);
        EXPECT_EQ(wait ? wait->time : 0s, pause) << undeliverable;
        EXPECT_EQ(wait && wait->reason.find("came back") != std::string::npos, undeliverable > 0);
        clock.advance(pause);
        EXPECT_FALSE(ask(made)) << "the way back";
    }
}

TEST_F(LimitsTest, PauseAsLongAsConfigured) {
    LimitPolicy quick;
    quick.firstPause = 10min;
    quick.longestPause = 15min;
    Limits made(quick, orderBook, clock);
    for (const auto& [undeliverable, pause] : {std::pair{1, seconds{10min}}, {2, seconds{15min}}}) {
        orderBook.counts = {.undeliverable = undeliverable, .lastUndeliverable = clock.now(), .validatedBefore = true};
        EXPECT_EQ(ask(made).value().time, pause);
    }
}

TEST_F(LimitsTest, ReachTheClientOfAnOrder) {
    orderBook.counts.strangersNext = clock.now() + 2h;
    const auto answer = orders.create(account, {.identifiers = {{"email", "alice@example.org"}}, .peer = "192.0.2.1"});
    ASSERT_TRUE(answer);
    ASSERT_TRUE(std::holds_alternative<Wait>(*answer));
    EXPECT_EQ(std::get<Wait>(*answer).time, 3600s);
    EXPECT_TRUE(orderBook.created.empty());
}

}  // namespace
}  // namespace mailca::ra
