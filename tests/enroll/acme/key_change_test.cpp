// Standards B30: a key change, and each of RFC 8555 section 7.3.5's nine checks.
#include "tests/enroll/support/acme.h"

namespace mailca::acme {
namespace {

using test::bodyOf;
using test::problemOf;

class KeyChange : public test::AcmeApi {
 protected:
    const std::string self = kid();
    const crypto::PrivateKey newKey = test::newKey();
    const jose::Jwk newJwk = jose::toJwk(newKey.publicKey()).value();

    struct Inner {
        std::optional<std::variant<jose::Jwk, jose::KeyId>> signer;
        std::string nonce, url;
        json::Value payload;
    };
    Inner right() const {
        return {newJwk, "", url(path::kKeyChange), json::object({{"account", self}, {"oldKey", jwk.value}})};
    }
    web::Response change(const Inner& inner, const crypto::PrivateKey& by) {
        const std::string jws =
            jose::signJws({*inner.signer, inner.nonce, inner.url, inner.payload.dump()}, by).value();
        return send(path::kKeyChange, signedBody(jose::KeyId{self}, path::kKeyChange, jws, key));
    }
    web::Response change(const Inner& inner) { return change(inner, newKey); }
};

TEST_F(KeyChange, GivesTheAccountToItsNewKey) {
    const web::Response changed = change(right());
    EXPECT_EQ(changed.status(), 200) << changed.body();
    EXPECT_EQ(bodyOf(changed).string("status"), "valid");
    const std::string at = pathOf(self);
    EXPECT_EQ(send(at, signedBody(jose::KeyId{self}, at, "", newKey)).status(), 200);
    EXPECT_EQ(send(at, signedBody(jose::KeyId{self}, at, "", key)).status(), 400) << "the old key signs no more";
    EXPECT_EQ(change(right()).status(), 400) << "nor does it change the key back";
}

TEST_F(KeyChange, IsRefusedWhateverIsWrongWithIt) {
    struct Case {
        const char* what;
        std::function<void(Inner&)> bend;
    };
    const std::vector<Case> cases{
        {"3: no jwk", [&](Inner& i) { i.signer = jose::KeyId{self}; }},
        {"5: no account",
         [&](Inner& i) {
             i.payload = json::object({{"oldKey", jwk.value}});
         }},
        {"5: no oldKey",
         [&](Inner& i) {
             i.payload = json::object({{"account", self}});
         }},
        {"5: no object", [](Inner& i) { i.payload = json::array({1}); }},
        {"6: another url", [&](Inner& i) { i.url = url(path::kNewAccount); }},
        {"7: another account", [&](Inner& i) { i.payload.set("account", url(path::kAccount) + "other"); }},
        {"8: another old key", [&](Inner& i) { i.payload.set("oldKey", newJwk.value); }},
        {"a nonce inside", [&](Inner& i) { i.nonce = nonces.issue(); }},
    };
    for (const Case& bent : cases) {
        Inner inner = right();
        bent.bend(inner);
        const web::Response refused = change(inner);
        EXPECT_EQ(refused.status(), 400) << bent.what;
        EXPECT_EQ(problemOf(refused), "malformed") << bent.what;
    }
    EXPECT_EQ(change(right(), test::newKey()).status(), 400) << "4: not signed with the new key";
    EXPECT_EQ(send(path::kKeyChange, signedBody(jose::KeyId{self}, path::kKeyChange, "", key)).status(), 400);
    EXPECT_EQ(send(path::kKeyChange, signedBody(jose::KeyId{self}, path::kKeyChange, "{}", key)).status(), 400)
        << "2: no JWS";
    EXPECT_EQ(send(path::kKeyChange, signedBody(jwk, path::kKeyChange, "{}", key)).status(), 400) << "1: B9";
    EXPECT_EQ(change(right()).status(), 200) << "and nothing of that changed anything";
}

TEST_F(KeyChange, SaysWhoseKeyItIsAlready) {  // 9
    const web::Response other =
        send(path::kNewAccount, signedBody(newJwk, path::kNewAccount, R"({"termsOfServiceAgreed":true})", newKey));
    const web::Response conflict = change(right());
    EXPECT_EQ(conflict.status(), 409);
    EXPECT_EQ(conflict.contentType(), "application/problem+json");
    EXPECT_EQ(conflict.field("Location"), other.field("Location"));
    EXPECT_EQ(bodyOf(conflict).integer("status"), 409);
}

}  // namespace
}  // namespace mailca::acme
