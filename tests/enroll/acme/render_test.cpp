#include "enroll/acme/render.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/sequence_random.h"

namespace mailca::acme {
namespace {

class Render : public ::testing::Test {
 protected:
    Render()
        : authorization{AuthorizationId::random(random),
                        AccountId::random(random),
                        {ra::IdentifierType::Dns, "Alice@Example.ORG", *EmailAddress::parse("Alice@example.org")},
                        clock.now(),
                        clock.now() + 24h,
                        std::nullopt,
                        ra::Challenge{.id = ChallengeId::random(random),
                                      .tokenPart2 = "token2",
                                      .from = *EmailAddress::parse("acme@ca.example"),
                                      .thumbprint = "",
                                      .mailReleasedAt = std::nullopt,
                                      .postedAt = std::nullopt,
                                      .provenAt = std::nullopt,
                                      .method = std::nullopt,
                                      .error = std::nullopt,
                                      .endedAt = std::nullopt}},
          order{OrderId::random(random),
                authorization.account,
                authorization.id,
                authorization.identifier,
                "smime",
                clock.now(),
                clock.now() + 24h,
                {{"smime-sign", {}}, {"smime-encrypt", {}}},
                ra::Open{}} {}

    void validate() {
        authorization.challenge.postedAt = clock.now();
        authorization.challenge.provenAt = clock.now();
        authorization.challenge.method = ra::ValidationMethod::Strict;
    }

    test::FakeClock clock;
    test::SequenceRandom random;
    Urls urls{"https://acme.example"};
    ra::Authorization authorization;
    ra::Order order;
};

TEST_F(Render, IdentifierIsEchoedAsSent) {  // A54
    const json::Value out = render(authorization, urls, clock.now());
    EXPECT_EQ(out.find("identifier")->string("type"), "dns");
    EXPECT_EQ(out.find("identifier")->string("value"), "Alice@Example.ORG");
}

TEST_F(Render, ChallengeHasWhatClientsNeed) {  // A4
    const json::Value out = render(authorization.challenge, urls);
    EXPECT_EQ(out.string("type"), "email-reply-00");
    EXPECT_EQ(out.string("token"), "token2");
    EXPECT_EQ(out.string("from"), "acme@ca.example");
    EXPECT_EQ(out.string("status"), "pending");
    EXPECT_EQ(out.string("url"), "https://acme.example/acme/challenge/" + authorization.challenge.id.text());
    EXPECT_FALSE(out.has("validated"));
    EXPECT_FALSE(out.has("error"));
}

TEST_F(Render, ValidChallengeTellsWhen) {  // B37
    validate();
    const json::Value out = render(authorization.challenge, urls);
    EXPECT_EQ(out.string("status"), "valid");
    EXPECT_EQ(out.string("validated"), toRfc3339(clock.now()));
    EXPECT_FALSE(out.has("error"));
}

TEST_F(Render, InvalidChallengeTellsWhy) {  // B37
    authorization.challenge.error = fail(ErrorKind::IncorrectResponse, "ten wrong replies");
    authorization.challenge.endedAt = clock.now();
    const json::Value out = render(authorization.challenge, urls);
    EXPECT_EQ(out.string("status"), "invalid");
    EXPECT_EQ(out.find("error")->string("type"), "urn:ietf:params:acme:error:incorrectResponse");
    EXPECT_EQ(out.find("error")->string("detail"), "ten wrong replies");
    EXPECT_FALSE(out.has("validated"));
}

TEST_F(Render, OrderFollowsItsAuthorization) {  // B32, B50
    EXPECT_EQ(render(order, authorization, urls, clock.now()).string("status"), "pending");
    validate();
    const json::Value out = render(order, authorization, urls, clock.now());
    EXPECT_EQ(out.string("status"), "ready");
    EXPECT_EQ(out.string("profile"), "smime");  // C8
    EXPECT_EQ(out.string("expires"), toRfc3339(order.expires));
    EXPECT_EQ(out.array("authorizations")->size(), 1u);
    EXPECT_FALSE(out.has("certificate"));
}

TEST_F(Render, FinishedBundleNamesEveryCertificate) {
    validate();
    const CertificateId sign = CertificateId::random(random), encrypt = CertificateId::random(random);
    order.state = ra::Finished{clock.now(), {sign, encrypt}};
    const json::Value out = render(order, authorization, urls, clock.now());
    EXPECT_EQ(out.string("status"), "valid");
    EXPECT_EQ(out.string("certificate"), urls.certificate(sign));
    EXPECT_EQ(out.find("certificates")->string("smime-encrypt"), urls.certificate(encrypt));
}

TEST_F(Render, ExpiredOrderIsInvalidWithAReason) {
    clock.advance(25h);
    const json::Value out = render(order, authorization, urls, clock.now());
    EXPECT_EQ(out.string("status"), "invalid");
    ASSERT_TRUE(out.has("error"));
    EXPECT_FALSE(out.find("error")->string("detail")->empty());
}

TEST_F(Render, AccountHidesWhatIsOurs) {  // B23, B26
    const ra::Account account{.id = AccountId::random(random),
                              .thumbprint = "thumb",
                              .jwk = "{}",
                              .keySha256 = {},
                              .contacts = {"mailto:a@example.org"},
                              .status = ra::AccountStatus::Valid,
                              .termsAgreedAt = clock.now(),
                              .createdAt = clock.now()};
    EXPECT_EQ(render(account, urls).dump(),
              R"({"status":"valid","contact":["mailto:a@example.org"],"termsOfServiceAgreed":true,"orders":")" +
                  urls.orders(account.id) + "\"}");
}

TEST(Urls, AccountOfAcceptsOnlyItsOwn) {
    test::SequenceRandom random;
    const Urls urls("https://acme.example");
    const AccountId id = AccountId::random(random);
    EXPECT_EQ(*urls.accountOf(urls.account(id)), id);
    for (const std::string& kid :
         {id.text(), "https://other.example/acme/account/" + id.text(), urls.account(id) + "/", urls.account(id) + "A",
          std::string("https://acme.example/acme/account/"), std::string()}) {
        EXPECT_FALSE(urls.accountOf(kid)) << kid;
    }
}

TEST_F(Render, NamesTheIdentifierThatAnOrderFailedFor) {  // C27
    order.state = ra::Failed{Error{ErrorKind::Caa, "example.org does not let this CA issue"}, clock.now()};
    const json::Value error = *render(order, authorization, urls, clock.now()).find("error");
    ASSERT_NE(error.array("subproblems"), nullptr);
    const json::Value& subproblem = error.array("subproblems")->front();
    EXPECT_EQ(subproblem.string("type"), "urn:ietf:params:acme:error:caa");
    EXPECT_EQ(subproblem.find("identifier")->string("value"), "Alice@Example.ORG");
    EXPECT_FALSE(error.has("identifier"));
    order.state = ra::Failed{Error{ErrorKind::BadPublicKey, "no"}, clock.now()};
    EXPECT_FALSE(render(order, authorization, urls, clock.now()).find("error")->has("subproblems"));
}

TEST_F(Render, ShowsWhatAnOrderReplaces) {  // C5
    EXPECT_FALSE(render(order, authorization, urls, clock.now()).has("replaces"));
    order.replaces = "aki.serial";
    EXPECT_EQ(render(order, authorization, urls, clock.now()).string("replaces"), "aki.serial");
}

TEST_F(Render, SaysHowLongAValidAuthorizationIsGood) {  // B35
    authorization.validUntil = clock.now() + 240h;
    EXPECT_EQ(render(authorization, urls, clock.now()).string("expires"), toRfc3339(clock.now() + 24h));
    validate();
    EXPECT_EQ(render(authorization, urls, clock.now()).string("expires"), toRfc3339(clock.now() + 240h));
}

}  // namespace
}  // namespace mailca::acme
