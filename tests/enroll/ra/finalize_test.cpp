#include <gtest/gtest.h>

#include "tests/enroll/support/registration.h"

namespace mailca::ra {
namespace {

using FinalizeTest = test::Registration;
using test::csrFor;
using test::newKey;

using Several = std::map<std::string, Bytes>;
Several single(Bytes csr) {
    return {{"smime-dual", std::move(csr)}};
}

TEST_F(FinalizeTest, MakesAPreparedOrderOfProofs) {  // B40
    const OrderView view = ready();
    const crypto::PrivateKey key = newKey();
    const auto finalized = orders.finalize(account, view.order.id, single(csrFor(key, "alice@example.org")));
    ASSERT_TRUE(finalized) << finalized.error().text();
    EXPECT_EQ(finalized->view.order.status(finalized->view.authorization, clock.now()), OrderStatus::Processing);
    EXPECT_EQ(finalized->prepared.domain, "example.org");
    ASSERT_EQ(finalized->prepared.items.size(), 1U);
    EXPECT_EQ(finalized->prepared.items[0].use, ca::Use::Dual);
    EXPECT_EQ(finalized->prepared.items[0].mailbox.mailbox().text(), "alice@example.org");
    EXPECT_EQ(finalized->prepared.items[0].key.key(), key.publicKey());
    EXPECT_TRUE(std::holds_alternative<InProgress>(orderBook.at(view.order.id).order.state));
}

TEST_F(FinalizeTest, NarrowsTheDualProfileAsTheCsrAsks) {  // A52
    const OrderView view = ready();
    const auto finalized =
        orders.finalize(account, view.order.id, single(csrFor(newKey(), "alice@example.org", x509::kDigitalSignature)));
    ASSERT_TRUE(finalized) << finalized.error().text();
    EXPECT_EQ(finalized->prepared.items[0].use, ca::Use::Sign);
}

TEST_F(FinalizeTest, WantsAReadyOrder) {  // B40
    const OrderView pending = order("alice@example.org").value();
    const auto csr = single(csrFor(newKey(), "alice@example.org"));
    EXPECT_EQ(orders.finalize(account, pending.order.id, csr).error().kind, ErrorKind::OrderNotReady);
    const OrderView view = ready();
    ASSERT_TRUE(orders.finalize(account, view.order.id, csr));
    EXPECT_EQ(orders.finalize(account, view.order.id, csr).error().kind, ErrorKind::OrderNotReady) << "once";
    const OrderView late = ready("bob@example.org");
    clock.advance(24h);
    EXPECT_EQ(orders.finalize(account, late.order.id, csr).error().kind, ErrorKind::OrderNotReady);
}

TEST_F(FinalizeTest, RefusesAProfileThatWasWithdrawnMeanwhile) {  // C11
    const OrderView view = ready();
    orderBook.at(view.order.id).order.items.front().profile = "withdrawn";
    const auto refused =
        orders.finalize(account, view.order.id, Several{{"withdrawn", csrFor(newKey(), "alice@example.org")}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::InvalidProfile);
    EXPECT_TRUE(std::holds_alternative<Open>(orderBook.at(view.order.id).order.state));
}

TEST_F(FinalizeTest, LeavesTheOrderReadyAfterABadCsr) {  // B40, B42, A50
    const OrderView view = ready();
    const crypto::PrivateKey accountKey = newKey();
    accountBook.accountKeys.insert(accountKey.publicKey().spkiSha256());
    Bytes broken = csrFor(newKey(), "alice@example.org");
    broken.back() ^= 1;
    const crypto::PrivateKey weak = crypto::PrivateKey::generate({crypto::KeyType::Rsa, 1024}).value();
    const std::vector<std::pair<std::string, std::map<std::string, Bytes>>> cases{
        {"no CSR", {}},
        {"another profile", {{"smime-sign", csrFor(newKey(), "alice@example.org")}}},
        {"one too many",
         {{"smime-dual", csrFor(newKey(), "alice@example.org")}, {"timestamp", csrFor(newKey(), "alice@example.org")}}},
        {"not DER", single(toBytes("hello"))},
        {"broken signature", single(broken)},
        {"another mailbox", single(csrFor(newKey(), "bob@example.org"))},
        {"another local part", single(csrFor(newKey(), "Alice@example.org"))},
        {"an account's key", single(csrFor(accountKey, "alice@example.org"))},
        {"a weak key", single(csrFor(weak, "alice@example.org"))},
    };
    for (const auto& [name, csrs] : cases) {
        const auto refused = orders.finalize(account, view.order.id, csrs);
        ASSERT_FALSE(refused) << name;
        EXPECT_EQ(refused.error().kind, ErrorKind::BadCsr) << name << ": " << refused.error().detail;
    }
    EXPECT_TRUE(orders.finalize(account, view.order.id, single(csrFor(newKey(), "alice@example.org"))));
}

TEST_F(FinalizeTest, TakesACsrForEachCertificateOfABundle) {  // design section 5
    const OrderView view = ready("alice@example.org", "smime");
    const crypto::PrivateKey one = newKey();
    const Bytes sign = csrFor(one, "alice@example.org");
    const auto single = orders.finalize(account, view.order.id, sign);
    ASSERT_FALSE(single);
    EXPECT_NE(single.error().detail.find("send csrs"), std::string::npos) << single.error().detail;
    const auto sameKey =
        orders.finalize(account, view.order.id, Several{{"smime-sign", sign}, {"smime-encrypt", sign}});
    EXPECT_EQ(sameKey.error().kind, ErrorKind::BadCsr);
    const auto other = orders.finalize(
        account, view.order.id, Several{{"smime-sign", sign}, {"smime-encrypt", csrFor(newKey(), "bob@example.org")}});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().detail.substr(0, 14), "smime-encrypt:");
    const auto good =
        orders.finalize(account, view.order.id,
                        Several{{"smime-sign", sign}, {"smime-encrypt", csrFor(newKey(), "alice@example.org")}});
    ASSERT_TRUE(good) << good.error().text();
    EXPECT_EQ(good->prepared.items.size(), 2U);
}

TEST_F(FinalizeTest, WantsAValidAccount) {  // B28
    const OrderView view = ready();
    accountBook.accounts.at(account.id).status = AccountStatus::Deactivated;
    EXPECT_EQ(orders.finalize(account, view.order.id, single(csrFor(newKey(), "alice@example.org"))).error().kind,
              ErrorKind::AccountDeactivated);
}

TEST_F(FinalizeTest, DecidesAgainOnConflict) {  // B52
    const OrderView view = ready();
    orderBook.conflicts = 1;
    orderBook.beforeConflict = [&] { orderBook.at(view.order.id).authorization.deactivatedAt = clock.now(); };
    EXPECT_EQ(orders.finalize(account, view.order.id, single(csrFor(newKey(), "alice@example.org"))).error().kind,
              ErrorKind::OrderNotReady);
}

TEST_F(FinalizeTest, PreparesAnOrderInProgressAgainAfterARestart) {
    const OrderView view = ready();
    ASSERT_TRUE(orders.finalize(account, view.order.id, single(csrFor(newKey(), "alice@example.org"))));
    EXPECT_TRUE(orders.prepare(orderBook.at(view.order.id)));
    clock.advance(24h);
    EXPECT_EQ(orders.prepare(orderBook.at(view.order.id)).error().kind, ErrorKind::Unauthorized);
}

TEST_F(FinalizeTest, ProvesAMailboxOnlyByAnAuthorizationValidNow) {
    const OrderView pending = order("alice@example.org").value();
    EXPECT_EQ(ValidationJudge::judge(pending.authorization, clock.now()).error().kind, ErrorKind::Unauthorized);
    const OrderView view = ready();
    EXPECT_TRUE(ValidationJudge::judge(view.authorization, clock.now()));
    EXPECT_FALSE(ValidationJudge::judge(view.authorization, view.authorization.expires));
}

TEST_F(FinalizeTest, NeedsTheLeaveOfTheExternalAccountStill) {  // B29
    const OrderView view = ready();
    accountBook.accounts.at(account.id).external = ExternalAccount{"kid", "{}", {}, true};
    EXPECT_EQ(orders.finalize(account, view.order.id, single(csrFor(newKey(), "alice@example.org"))).error().kind,
              ErrorKind::Unauthorized);
}

}  // namespace
}  // namespace mailca::ra
