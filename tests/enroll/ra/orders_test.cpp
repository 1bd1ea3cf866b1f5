#include <gtest/gtest.h>

#include "tests/enroll/support/registration.h"

namespace mailca::ra {
namespace {

using OrdersTest = test::Registration;
using Sent = std::vector<Orders::IdentifierSent>;

TEST_F(OrdersTest, HoldOneMailboxWithItsChallenge) {  // B32, A4, A5
    const auto view = order("Alice@Example.ORG");
    ASSERT_TRUE(view) << view.error().text();
    EXPECT_EQ(view->order.identifier.value, "Alice@Example.ORG") << "echoed as sent";
    EXPECT_EQ(view->order.identifier.mailbox.text(), "Alice@example.org");
    EXPECT_EQ(view->order.authorization, view->authorization.id);
    const Challenge& challenge = view->authorization.challenge;
    EXPECT_EQ(fromBase64Url(challenge.tokenPart2)->size(), 24U);
    EXPECT_EQ(challenge.from, policy.challengeFrom);
    EXPECT_EQ(challenge.thumbprint, account.thumbprint);        // A13
    EXPECT_EQ(view->authorization.expires, clock.now() + 24h);  // A17
    EXPECT_EQ(view->order.status(view->authorization, clock.now()), OrderStatus::Pending);
}

TEST_F(OrdersTest, NeverLiveLongerThanADay) {  // A17
    policy.authorizationLifetime = 48h;
    EXPECT_EQ(order("alice@example.org")->authorization.expires, clock.now() + 24h);
}

struct IdentifierCase {
    Sent identifiers;
    std::optional<ErrorKind> error;
};

TEST_F(OrdersTest, AreForOneMailboxOfAKindWeKnow) {  // A1-A3, A54, B34
    const std::vector<IdentifierCase> cases{
        {{{"email", "alice@example.org"}}, {}},
        {{{"email",
           "alice@b\xC3\xBC"
           "cher.example"}},
         {}},
        {{{"dns", "alice@example.org"}}, {}},
        {{{"dns", "example.org"}}, ErrorKind::UnsupportedIdentifier},
        {{{"ip", "192.0.2.1"}}, ErrorKind::UnsupportedIdentifier},
        {{{"Email", "alice@example.org"}}, ErrorKind::UnsupportedIdentifier},
        {{{"email", "*@example.org"}}, ErrorKind::RejectedIdentifier},
        {{{"email", "alice@*.example.org"}}, ErrorKind::RejectedIdentifier},
        {{{"email", "Alice <alice@example.org>"}}, ErrorKind::RejectedIdentifier},
        {{{"email", "alice@localhost"}}, ErrorKind::RejectedIdentifier},
        {{{"email", "alice@example.org\r\nBcc: b@example.org"}}, ErrorKind::RejectedIdentifier},
        {{{"email", "acme@ca.example"}}, ErrorKind::RejectedIdentifier},
        {{{"email", "bob@CA.example"}}, ErrorKind::RejectedIdentifier},
        {{{"email", "bob@example.org"}, {"email", "alice@example.org"}}, ErrorKind::RejectedIdentifier},
        {{}, ErrorKind::Malformed},
    };
    for (const IdentifierCase& one : cases) {
        const auto view = ordered({.identifiers = one.identifiers});
        const std::string shown = one.identifiers.empty() ? "none" : one.identifiers.front().value;
        EXPECT_EQ(view.has_value(), !one.error.has_value()) << shown;
        if (!view) {
            EXPECT_EQ(view.error().kind, one.error) << shown;
        }
    }
}

TEST_F(OrdersTest, RefuseDnsTypedMailboxesWhenThePolicySaysSo) {  // A54
    policy.dnsTypedMailbox = false;
    EXPECT_EQ(ordered({.identifiers = {{"dns", "alice@example.org"}}}).error().kind, ErrorKind::UnsupportedIdentifier);
}

TEST_F(OrdersTest, HaveAnItemAProfile) {  // C8-C10
    const auto plain = order("alice@example.org");
    EXPECT_EQ(plain->order.profile, "smime-dual");
    ASSERT_EQ(plain->order.items.size(), 1U);
    const auto bundle = order("alice@example.org", "smime-timestamp");
    EXPECT_EQ(bundle->order.profile, "smime-timestamp");
    ASSERT_EQ(bundle->order.items.size(), 3U);
    EXPECT_EQ(bundle->order.items[2].profile, "timestamp");
    EXPECT_EQ(order("alice@example.org", "tls-server").error().kind, ErrorKind::InvalidProfile);
}

TEST_F(OrdersTest, DrawNewIdsOnConflict) {
    orderBook.conflicts = 2;
    EXPECT_TRUE(order("alice@example.org"));
    orderBook.conflicts = 3;
    EXPECT_EQ(order("alice@example.org").error().kind, ErrorKind::Unavailable);
}

TEST_F(OrdersTest, ReleaseTheMailAtTheFirstFetch) {  // A14
    const OrderView email = order("alice@example.org").value();
    const OrderView dns = ordered({.identifiers = {{"dns", "bob@example.org"}}}).value();
    EXPECT_TRUE(orderBook.releases.empty());
    ASSERT_TRUE(orders.fetchAuthorization(account, email.authorization.id)->challenge.mailReleasedAt);
    ASSERT_TRUE(orders.fetchAuthorization(account, dns.authorization.id));
    ASSERT_EQ(orderBook.releases.size(), 2U);
    EXPECT_EQ(orderBook.releases[0].dueAt, clock.now());
    EXPECT_EQ(orderBook.releases[1].dueAt, clock.now() + 2s);
    ASSERT_TRUE(orders.fetchAuthorization(account, email.authorization.id));
    EXPECT_EQ(orderBook.releases.size(), 2U) << "once";
}

TEST_F(OrdersTest, TakeTheChallengePostOnce) {  // A15, B38
    const OrderView view = order("alice@example.org").value();
    const auto posted = orders.postChallenge(account, view.authorization.challenge.id);
    ASSERT_TRUE(posted);
    EXPECT_TRUE(std::holds_alternative<Processing>(posted->challenge.state()));
    EXPECT_EQ(orderBook.releases.size(), 1U) << "a client that never fetched gets its mail too";
    const Time first = clock.now();
    clock.advance(10s);
    EXPECT_EQ(orders.postChallenge(account, view.authorization.challenge.id)->challenge.postedAt, first);
}

TEST_F(OrdersTest, ReadAgainWhenTheChallengeEndedMeanwhile) {
    const OrderView view = order("alice@example.org").value();
    orderBook.conflicts = 1;
    orderBook.beforeConflict = [&] {
        orderBook.at(view.order.id).authorization.challenge.error = fail(ErrorKind::Connection, "refused");
    };
    const auto answer = orders.postChallenge(account, view.authorization.challenge.id);
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_TRUE(std::holds_alternative<Invalid>(answer->challenge.state()));
}

TEST_F(OrdersTest, BelongToTheirAccount) {  // B12
    const Account stranger = newAccount("other");
    const OrderView view = ready();
    const ChallengeId challenge = view.authorization.challenge.id;
    EXPECT_EQ(orders.find(stranger, view.order.id).error().kind, ErrorKind::Unauthorized);
    EXPECT_EQ(orders.fetchAuthorization(stranger, view.authorization.id).error().kind, ErrorKind::Unauthorized);
    EXPECT_EQ(orders.postChallenge(stranger, challenge).error().kind, ErrorKind::Unauthorized);
    EXPECT_EQ(orders.findChallenge(stranger, challenge).error().kind, ErrorKind::Unauthorized);
    EXPECT_EQ(orders.finalize(stranger, view.order.id, {}).error().kind, ErrorKind::Unauthorized);
    EXPECT_TRUE(orders.find(account, view.order.id));
    EXPECT_EQ(orders.find(account, OrderId::random(random)).error().kind, ErrorKind::NotFound);
}

TEST_F(OrdersTest, ReuseNothingUnlessTold) {
    ready();
    EXPECT_FALSE(orders.reuses());
    const OrderView second = order("alice@example.org").value();
    EXPECT_EQ(second.order.status(second.authorization, clock.now()), OrderStatus::Pending);
    EXPECT_EQ(orderBook.created.back().origin, AuthorizationOrigin::Fresh);
    EXPECT_EQ(second.authorization.validUntil, std::nullopt);
}

TEST_F(OrdersTest, ReuseWhatTheAccountProvedForTheSameIdentifier) {  // design section 5
    policy.reuse = 24h * 7;
    const OrderView first = ready();
    EXPECT_EQ(first.authorization.end(), clock.now() + 24h * 7);
    orderBook.counts.mailboxAndAccount = 1000;  // no mail goes: no budget is asked
    orderBook.counts.oldest = clock.now();
    const OrderView second = order("alice@example.org").value();
    EXPECT_EQ(second.authorization.id, first.authorization.id);
    EXPECT_EQ(orderBook.created.back().origin, AuthorizationOrigin::Reused);
    EXPECT_EQ(second.order.status(second.authorization, clock.now()), OrderStatus::Ready);
    EXPECT_EQ(order("bob@example.org").error().kind, ErrorKind::RateLimited);
    account = newAccount("another");
    EXPECT_EQ(order("alice@example.org").error().kind, ErrorKind::RateLimited) << "proved by another account";
}

TEST_F(OrdersTest, ReuseOnlySomeWhereClientsAreTested) {
    policy.reuse = 24h * 7;
    policy.reusedOfHundred = 0;
    const OrderView first = ready();
    const OrderView second = order("alice@example.org").value();
    EXPECT_NE(second.authorization.id, first.authorization.id);
    EXPECT_EQ(second.order.status(second.authorization, clock.now()), OrderStatus::Pending);
}

TEST_F(OrdersTest, NeverReuseForMoreThanThirtyDays) {  // SBR 4.2.1
    policy.reuse = 24h * 400;
    const OrderView first = ready();
    clock.advance(24h * 30);
    EXPECT_EQ(first.authorization.status(clock.now()), AuthorizationStatus::Expired);
    EXPECT_NE(order("alice@example.org")->authorization.id, first.authorization.id);
}

TEST_F(OrdersTest, LetAPendingAuthorizationExpireAsEver) {  // A17
    policy.reuse = 24h * 7;
    const OrderView pending = order("alice@example.org").value();
    EXPECT_EQ(pending.authorization.end(), clock.now() + 24h);
    EXPECT_EQ(pending.authorization.status(clock.now() + 24h), AuthorizationStatus::Expired);
}

TEST_F(OrdersTest, AuthorizeAheadOfAnOrder) {  // B21
    policy.reuse = 24h * 7;
    const auto made = std::get<Authorization>(orders.authorize(account, {"email", "alice@example.org"}, "").value());
    EXPECT_EQ(made.status(clock.now()), AuthorizationStatus::Pending);
    EXPECT_EQ(orders.authorize(account, {"email", "acme@ca.example"}, "").error().kind, ErrorKind::RejectedIdentifier);
    Authorization& stored = orderBook.authorizations.front();
    stored.challenge.postedAt = stored.challenge.provenAt = clock.now();
    EXPECT_EQ(std::get<Authorization>(*orders.authorize(account, {"email", "alice@example.org"}, "")).id, made.id)
        << "there is one already";
    EXPECT_EQ(order("alice@example.org")->authorization.id, made.id);
}

TEST_F(OrdersTest, EndWithTheAuthorizationThatTheirOwnerGivesUp) {  // B39, B50
    const OrderView view = ready();
    const Account stranger = newAccount("stranger");
    EXPECT_EQ(orders.deactivate(stranger, view.authorization.id).error().kind, ErrorKind::Unauthorized);
    const auto ended = orders.deactivate(account, view.authorization.id);
    ASSERT_TRUE(ended) << ended.error().text();
    EXPECT_EQ(ended->status(clock.now()), AuthorizationStatus::Deactivated);
    const OrderView after = orders.find(account, view.order.id).value();
    EXPECT_EQ(after.order.status(after.authorization, clock.now()), OrderStatus::Invalid);
    EXPECT_EQ(after.order.error(after.authorization, clock.now())->kind, ErrorKind::Unauthorized);
    EXPECT_TRUE(orders.deactivate(account, view.authorization.id)) << "twice is once";
    EXPECT_EQ(orders.postChallenge(account, view.authorization.challenge.id)->status(clock.now()),
              AuthorizationStatus::Deactivated);
}

TEST_F(OrdersTest, GiveUpNoAuthorizationThatIsOverAlready) {  // B49
    const OrderView view = order("alice@example.org").value();
    clock.advance(24h);
    EXPECT_EQ(orders.deactivate(account, view.authorization.id).error().kind, ErrorKind::Malformed);
}

TEST_F(OrdersTest, WaitForChangedTermsToBeAgreedTo) {  // B25
    policy.termsOfService = "https://acme.example/terms/2";
    EXPECT_TRUE(order("alice@example.org")) << "unless told, new terms stop nobody";
    policy.changedTermsNeedAgreement = true;
    EXPECT_EQ(order("alice@example.org").error().kind, ErrorKind::UserActionRequired);
    account.terms = policy.termsOfService;
    EXPECT_TRUE(order("alice@example.org"));
}

TEST_F(OrdersTest, ReplaceTheAccountsOwnCertificatesOfThisMailbox) {  // C5
    const auto certificate = [&](const AccountId& owner, const char* mailbox) {
        return Orders::Replaced{"aki.serial", CertificateRecord{.id = CertificateId::random(random),
                                                                .order = OrderId::random(random),
                                                                .account = owner,
                                                                .mailbox = test::address(mailbox),
                                                                .serial = Serial::random(random),
                                                                .issuer = "smime-1",
                                                                .profile = "smime-dual",
                                                                .der = {},
                                                                .spkiSha256 = {},
                                                                .notBefore = clock.now(),
                                                                .notAfter = clock.now() + 24h,
                                                                .state = Live{}}};
    };
    const auto create = [&](const Orders::Replaced& replaced) {
        return ordered({.identifiers = {{"email", "alice@example.org"}}, .replaced = replaced});
    };
    const auto own = certificate(account.id, "alice@example.org");
    const auto made = create(own);
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_EQ(made->order.replaces, "aki.serial");
    EXPECT_EQ(orderBook.created.back().replaced, own.certificate.order) << "the whole set";
    EXPECT_EQ(create(certificate(newAccount("another").id, "alice@example.org")).error().kind, ErrorKind::Unauthorized);
    EXPECT_EQ(create(certificate(account.id, "bob@example.org")).error().kind, ErrorKind::Malformed);
}

TEST_F(OrdersTest, AreListedForTheirAccount) {  // B31
    const OrderId after = OrderId::random(random);
    orderBook.listed = {OrderId::random(random)};
    EXPECT_EQ(orders.list(account, after, 5).value(), orderBook.listed);
    EXPECT_EQ(orderBook.listings.back().account, account.id);
    EXPECT_EQ(orderBook.listings.back().after, after);
    EXPECT_EQ(orderBook.listings.back().limit, 5);
}

}  // namespace
}  // namespace mailca::ra
