// Accounts, orders, authorizations: what is written comes back, and every write holds to the state it expects.
#include <gtest/gtest.h>

#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

TEST(AccountBook, GivesBackWhatWasCreated) {
    Scene scene;
    const ra::Account made = scene.account();
    for (const auto& found : {must(scene.store().accounts().find(made.id)),
                              must(scene.store().accounts().findByThumbprint(made.thumbprint)).value()}) {
        EXPECT_EQ(found.id, made.id);
        EXPECT_EQ(found.thumbprint, made.thumbprint);
        EXPECT_EQ(found.jwk, made.jwk);
        EXPECT_EQ(found.contacts, made.contacts);
        EXPECT_EQ(found.status, ra::AccountStatus::Valid);
        EXPECT_EQ(found.termsAgreedAt, made.termsAgreedAt);
        EXPECT_EQ(found.createdAt, made.createdAt);
    }
}

TEST(AccountBook, KnowsNobodyElse) {
    Scene scene;
    EXPECT_EQ(must(scene.store().accounts().findByThumbprint("nobody")), std::nullopt);
    EXPECT_EQ(kindOf(scene.store().accounts().find(AccountId::random(scene.random()))), ErrorKind::AccountDoesNotExist);
}

TEST(AccountBook, TakesAKeyOnce) {
    Scene scene;
    ra::Account again = scene.account();
    again.id = AccountId::random(scene.random());
    EXPECT_EQ(kindOf(scene.store().accounts().create(again)), ErrorKind::Conflict);
}

TEST(AccountBook, RecognizesEveryAccountKey) {  // B42
    Scene scene;
    const ra::Account account = scene.account();
    EXPECT_TRUE(must(scene.store().accounts().isAccountKey(account.keySha256)));
    EXPECT_FALSE(must(scene.store().accounts().isAccountKey(scene.random().bytes(32))));
}

TEST(AccountBook, EndsTheOpenOrdersOfADeactivatedAccountAndNoOthers) {  // B28
    Scene scene;
    const ra::Account account = scene.account();
    const ra::NewOrder open = scene.order(account.id);
    const ra::NewOrder foreign = scene.order(scene.account().id);
    const ra::IssuedOrder finished = scene.issue(account.id);
    must(scene.store().accounts().deactivate({account.id, scene.now()}));

    EXPECT_EQ(must(scene.store().accounts().find(account.id)).status, ra::AccountStatus::Deactivated);
    const auto stateOf = [&](const OrderId& id) { return must(scene.store().orders().find(id)).order.state; };
    ASSERT_TRUE(std::holds_alternative<ra::Failed>(stateOf(open.order.id)));
    EXPECT_EQ(std::get<ra::Failed>(stateOf(open.order.id)).error.kind, ErrorKind::Unauthorized);
    EXPECT_TRUE(std::holds_alternative<ra::Open>(stateOf(foreign.order.id)));
    EXPECT_TRUE(std::holds_alternative<ra::Finished>(stateOf(finished.order)));
    EXPECT_EQ(CheckInvariants(scene.path()), std::vector<std::string>{});
}

TEST(AccountBook, ChangesOnlyValidAccounts) {
    Scene scene;
    const ra::Account account = scene.account();
    must(scene.store().accounts().changeContacts({account.id, {"mailto:new@example.org"}}));
    EXPECT_EQ(must(scene.store().accounts().find(account.id)).contacts.front(), "mailto:new@example.org");
    must(scene.store().accounts().deactivate({account.id, scene.now()}));
    EXPECT_EQ(kindOf(scene.store().accounts().changeContacts({account.id, {}})), ErrorKind::Conflict);
    EXPECT_EQ(kindOf(scene.store().accounts().deactivate({account.id, scene.now()})), ErrorKind::Conflict);
    EXPECT_EQ(kindOf(scene.store().orders().create(scene.draftOrder(account.id))), ErrorKind::Conflict);
}

TEST(OrderBook, GivesBackWhatWasCreated) {
    Scene scene;
    const ra::NewOrder made = scene.order(scene.account().id, "Alice@example.org");
    const ra::OrderView view = must(scene.store().orders().find(made.order.id));
    EXPECT_EQ(view.order.account, made.order.account);
    EXPECT_EQ(view.order.identifier.mailbox, mailbox("Alice@example.org"));
    EXPECT_EQ(view.order.profile, "smime");
    EXPECT_EQ(view.order.expires, made.order.expires);
    ASSERT_EQ(view.order.items.size(), 2u);
    EXPECT_EQ(view.order.items.at(0).profile, "smime-sign");
    EXPECT_TRUE(view.order.items.at(0).csr.empty());
    EXPECT_TRUE(std::holds_alternative<ra::Open>(view.order.state));
    const ra::Challenge& challenge = view.authorization.challenge;
    EXPECT_EQ(challenge.id, made.authorization.challenge.id);
    EXPECT_EQ(challenge.tokenPart2, made.authorization.challenge.tokenPart2);
    EXPECT_EQ(challenge.from, made.authorization.challenge.from);
    EXPECT_EQ(challenge.mailReleasedAt, std::nullopt);
    EXPECT_EQ(must(scene.store().orders().findByChallenge(challenge.id)).id, made.authorization.id);
    EXPECT_EQ(must(scene.store().orders().findAuthorization(made.authorization.id)).expires,
              made.authorization.expires);
}

TEST(OrderBook, KnowsNoOtherOrders) {
    Scene scene;
    ra::OrderBook& book = scene.store().orders();
    EXPECT_EQ(kindOf(book.find(OrderId::random(scene.random()))), ErrorKind::NotFound);
    EXPECT_EQ(kindOf(book.findAuthorization(AuthorizationId::random(scene.random()))), ErrorKind::NotFound);
    EXPECT_EQ(kindOf(book.findByChallenge(ChallengeId::random(scene.random()))), ErrorKind::NotFound);
    EXPECT_EQ(kindOf(book.releaseMail({ChallengeId::random(scene.random()), scene.now(), scene.now(), kStrangers})),
              ErrorKind::NotFound);
}

TEST(OrderBook, ReleasesTheMailOnce) {
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    scene.release(order);
    const Time first = scene.now();
    scene.clock().advance(1h);
    scene.release(order);
    const auto challenge = must(scene.store().orders().findByChallenge(order.authorization.challenge.id)).challenge;
    EXPECT_EQ(challenge.mailReleasedAt, first);
}

TEST(OrderBook, TakesPostAndProofInEitherOrder) {  // A16
    Scene scene;
    const AccountId account = scene.account().id;
    for (const bool postFirst : {true, false}) {
        const ra::NewOrder order = scene.order(account);
        const ChallengeId& challenge = order.authorization.challenge.id;
        const auto post = [&] { must(scene.store().orders().postChallenge({challenge, scene.now()})); };
        if (postFirst) post();
        must(scene.store().replies().record(scene.reply(ra::Proves{challenge, ra::ValidationMethod::Compatible})));
        if (!postFirst) post();
        const auto read = must(scene.store().orders().findByChallenge(challenge)).challenge;
        EXPECT_EQ(read.postedAt, scene.now());
        EXPECT_EQ(read.provenAt, scene.now());
        EXPECT_EQ(read.method, ra::ValidationMethod::Compatible);
        must(scene.store().orders().finalize(scene.finalization(order)));
    }
}

TEST(OrderBook, PostsOnceAndNeverAfterTheEnd) {
    Scene scene;
    const AccountId account = scene.account().id;
    const auto post = [&](const ra::NewOrder& order, seconds later) {
        return kindOf(scene.store().orders().postChallenge({order.authorization.challenge.id, scene.now() + later}));
    };
    const ra::NewOrder posted = scene.order(account);
    EXPECT_EQ(post(posted, 0s), std::nullopt);
    EXPECT_EQ(post(posted, 0s), ErrorKind::Conflict);
    EXPECT_EQ(post(scene.order(account), 24h), ErrorKind::Conflict);  // expired
    const ra::NewOrder refused = scene.order(account);
    scene.release(refused);
    must(scene.store().mails().recordOutcome(
        {refused.authorization.challenge.id, scene.now(), ra::MailRefused{fail(ErrorKind::Connection, "550")}}));
    EXPECT_EQ(post(refused, 0s), ErrorKind::Conflict);
}

// Every reason for which an order is not ready, one at a time.
TEST(OrderBook, FinalizesOnlyWhatIsReady) {
    struct Case {
        const char* what;
        std::function<void(Scene&, const ra::NewOrder&, ra::Finalization&)> bend;
    };
    const std::vector<Case> cases{
        {"expired order", [](Scene&, const ra::NewOrder& order, ra::Finalization& f) { f.at = order.order.expires; }},
        {"another number of CSRs", [](Scene&, const ra::NewOrder&, ra::Finalization& f) { f.csrs.pop_back(); }},
        {"unknown order",
         [](Scene& s, const ra::NewOrder&, ra::Finalization& f) { f.order = OrderId::random(s.random()); }},
        {"finalized before",
         [](Scene& s, const ra::NewOrder&, ra::Finalization& f) { must(s.store().orders().finalize(f)); }},
        {"deactivated account",
         [](Scene& s, const ra::NewOrder& order, ra::Finalization&) {
             must(s.store().accounts().deactivate({order.order.account, s.now()}));
         }},
    };
    for (const Case& bent : cases) {
        Scene scene;
        const ra::NewOrder order = scene.order(scene.account().id);
        scene.validate(order);
        ra::Finalization finalization = scene.finalization(order);
        bent.bend(scene, order, finalization);
        EXPECT_EQ(kindOf(scene.store().orders().finalize(finalization)), ErrorKind::Conflict) << bent.what;
        EXPECT_EQ(CheckInvariants(scene.path()), std::vector<std::string>{}) << bent.what;
    }
}

TEST(OrderBook, FinalizesNothingThatIsOnlyPostedOrOnlyProven) {
    Scene scene;
    const AccountId account = scene.account().id;
    const ra::NewOrder posted = scene.order(account);
    must(scene.store().orders().postChallenge({posted.authorization.challenge.id, scene.now()}));
    const ra::NewOrder proven = scene.order(account);
    must(scene.store().replies().record(
        scene.reply(ra::Proves{proven.authorization.challenge.id, ra::ValidationMethod::Strict})));
    for (const ra::NewOrder& order : {posted, proven}) {
        EXPECT_EQ(kindOf(scene.store().orders().finalize(scene.finalization(order))), ErrorKind::Conflict);
    }
}

TEST(OrderBook, KeepsTheCsrsInTheirOrder) {
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    scene.validate(order);
    must(scene.store().orders().finalize({order.order.id, {toBytes("first"), toBytes("second")}, scene.now()}));
    const ra::Order read = must(scene.store().orders().find(order.order.id)).order;
    EXPECT_EQ(read.items.at(0).csr, toBytes("first"));
    EXPECT_EQ(read.items.at(1).csr, toBytes("second"));
    EXPECT_EQ(std::get<ra::InProgress>(read.state).since, scene.now());
}

}  // namespace
}  // namespace mailca::test
