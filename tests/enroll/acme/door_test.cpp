// Standards B3-B12, B14, B16, B28: what a POST must have before any resource sees it.
#include "enroll/acme/door.h"

#include "tests/enroll/support/acme.h"

namespace mailca::acme {
namespace {

class Door : public test::AcmeApi {
 protected:
    Result<Signed> opened(const std::string& body, SignedBy signedBy = SignedBy::Account,
                          std::string_view at = path::kNewOrder) {
        return open(services, body, url(at), signedBy);
    }
    ErrorKind refusal(const std::string& body, SignedBy signedBy = SignedBy::Account) {
        const auto signedRequest = opened(body, signedBy);
        EXPECT_FALSE(signedRequest);
        return signedRequest ? ErrorKind::ServerInternal : signedRequest.error().kind;
    }
    std::string byKid(const std::string& payload, const Wanted& wanted = {}) {
        return signedBody(jose::KeyId{kid()}, path::kNewOrder, payload, key, wanted);
    }
};

TEST_F(Door, LetsAnAccountsRequestIn) {
    const auto request = opened(byKid(R"({"a":1})"));
    ASSERT_TRUE(request) << request.error().text();
    EXPECT_EQ(request->account->thumbprint, jwk.thumbprint);
    EXPECT_FALSE(request->key);
    EXPECT_FALSE(request->postAsGet);
    EXPECT_TRUE(request->payload.has("a"));
    EXPECT_TRUE(opened(byKid(""))->postAsGet);  // B12
}

TEST_F(Door, WantsAnObjectAsPayload) {
    EXPECT_EQ(refusal(byKid("[]")), ErrorKind::Malformed);
    EXPECT_EQ(refusal(byKid("{")), ErrorKind::Malformed);
}

TEST_F(Door, WantsJwkOrKidAsTheResourceDoes) {  // B9
    const std::string byJwk = signedBody(jwk, path::kNewOrder, "{}", key);
    EXPECT_EQ(refusal(byJwk, SignedBy::Account), ErrorKind::Malformed);
    EXPECT_EQ(refusal(byKid("{}"), SignedBy::Key), ErrorKind::Malformed);
    EXPECT_TRUE(opened(byJwk, SignedBy::Either));
    EXPECT_TRUE(opened(byKid("{}"), SignedBy::Either));
}

TEST_F(Door, KnowsTheAccount) {
    const auto by = [this](const std::string& kidUrl) {
        return refusal(signedBody(jose::KeyId{kidUrl}, path::kNewOrder, "{}", key));
    };
    EXPECT_EQ(by(services.urls.account(AccountId::random(random))), ErrorKind::AccountDoesNotExist);
    EXPECT_EQ(by("https://elsewhere.example/acme/account/1"), ErrorKind::Malformed);
}

TEST_F(Door, IsClosedToADeactivatedAccount) {  // B28
    const std::string body = byKid("{}");
    for (auto& [id, held] : accountBook.accounts) held.status = ra::AccountStatus::Deactivated;
    EXPECT_EQ(refusal(body), ErrorKind::AccountDeactivated);
}

TEST_F(Door, VerifiesTheSignatureByTheAccountsKey) {
    EXPECT_EQ(refusal(signedBody(jose::KeyId{kid()}, path::kNewOrder, "{}", test::newKey())), ErrorKind::Malformed);
}

TEST_F(Door, WantsTheUrlOfTheResource) {  // B10
    for (const char* other : {"https://acme.example/acme/new-account", "https://evil.example/acme/new-order",
                              "https://acme.example/acme/new-order/"}) {
        EXPECT_EQ(refusal(byKid("{}", {.nonce = {}, .url = other})), ErrorKind::Unauthorized) << other;
    }
}

TEST_F(Door, SpendsANonceOnce) {  // B16
    const std::string body = byKid("{}");
    EXPECT_TRUE(opened(body));
    EXPECT_EQ(refusal(body), ErrorKind::BadNonce);
    EXPECT_EQ(refusal(byKid("{}", {.nonce = "AAAA", .url = {}})), ErrorKind::BadNonce);
}

// The account before the signature, the signature before the url, the url before the nonce: only a request that is
// right in all else spends its nonce.
TEST_F(Door, SpendsTheNonceLast) {
    const std::string nonce = nonces.issue();
    const std::string stranger = services.urls.account(AccountId::random(random));
    const Wanted elsewhere{.nonce = nonce, .url = "https://acme.example/acme/new-account"};
    const auto forged = test::newKey();
    EXPECT_EQ(refusal(signedBody(jose::KeyId{stranger}, path::kNewOrder, "{}", forged, elsewhere)),
              ErrorKind::AccountDoesNotExist);
    EXPECT_EQ(refusal(signedBody(jose::KeyId{kid()}, path::kNewOrder, "{}", forged, elsewhere)), ErrorKind::Malformed);
    EXPECT_EQ(refusal(byKid("{}", elsewhere)), ErrorKind::Unauthorized);
    EXPECT_TRUE(opened(byKid("{}", {.nonce = nonce, .url = {}})));
}

}  // namespace
}  // namespace mailca::acme
