// The switches for authors of clients: what they do is in RFC 8555, and nothing of it happens unless it is asked for.
#include <gtest/gtest.h>

#include "tests/enroll/support/acme.h"

namespace mailca::acme {
namespace {

using test::bodyOf;
using test::problemOf;

class ChaosTest : public test::AcmeApi {
 protected:
    void misbehave(const ChaosSettings& settings) {
        services.chaos = Chaos(settings, random);
        router = routed(services);
    }
    static constexpr std::string_view kOrder =
        R"({"identifiers":[{"type":"email","value":"alice@example.org"}],"profile":"smime-dual"})";
    static constexpr std::string_view kAccount = R"({"termsOfServiceAgreed":true})";
};

TEST_F(ChaosTest, NothingHappensByDefault) {
    const Chaos quiet({}, random);
    for (int i = 0; i < 1000; ++i) ASSERT_FALSE(quiet.refusesNonce());
    EXPECT_EQ(quiet.retryAfter(), "1");
    EXPECT_FALSE(quiet.finalizeIsProcessing());
}

TEST_F(ChaosTest, AGoodNonceIsSpentAndRefused) {  // RFC 8555 section 6.5
    misbehave({.badNonces = 100});
    const std::string nonce = nonces.issue();
    const web::Response refused =
        byKey(path::kNewAccount, std::string(kAccount), {.nonce = nonce, .url = std::nullopt});
    EXPECT_EQ(problemOf(refused), "badNonce");
    EXPECT_FALSE(refused.field("Replay-Nonce").empty()) << "the next one to try";
    misbehave({});
    EXPECT_EQ(problemOf(byKey(path::kNewAccount, std::string(kAccount), {.nonce = nonce, .url = std::nullopt})),
              "badNonce")
        << "it was spent";
}

TEST_F(ChaosTest, ARateIsARate) {
    const Chaos half({.badNonces = 30}, random);
    int refused = 0;
    for (int i = 0; i < 10'000; ++i) refused += half.refusesNonce() ? 1 : 0;
    EXPECT_GT(refused, 2'500);
    EXPECT_LT(refused, 3'500);
}

TEST_F(ChaosTest, RetryAfterIsWhatItIsTold) {
    misbehave({.retryAfterSeconds = 7});
    const web::Response order = byAccount(path::kNewOrder, std::string(kOrder));
    ASSERT_EQ(order.status(), 201);
    const std::string authorization = *bodyOf(order).array("authorizations")->front().asString();
    EXPECT_EQ(byAccount(pathOf(authorization), "").field("Retry-After"), "7");
}

TEST_F(ChaosTest, FinalizeIsAnsweredBeforeAnythingIsIssued) {  // RFC 8555 section 7.4: "processing"
    misbehave({.finalizeIsProcessing = true});
    const web::Response made = byAccount(path::kNewOrder, std::string(kOrder));
    const std::string order = pathOf(made.field("Location"));
    ra::OrderView& view = orderBook.at(OrderId::parse(order.substr(order.rfind('/') + 1)).value());
    view.authorization.challenge.postedAt = view.authorization.challenge.provenAt = clock.now();
    const std::string csr = toBase64Url(test::csrFor(test::newKey(), "alice@example.org"));
    const web::Response answer = byAccount(order + "/finalize", "{\"csr\":\"" + csr + "\"}");
    ASSERT_EQ(answer.status(), 200) << answer.body();
    EXPECT_EQ(bodyOf(answer).string("status"), "processing");
    EXPECT_EQ(answer.field("Retry-After"), "1");
    EXPECT_FALSE(bodyOf(answer).has("certificate"));
}

}  // namespace
}  // namespace mailca::acme
