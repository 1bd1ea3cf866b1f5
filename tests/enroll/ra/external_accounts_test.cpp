// Standards B29: who may make an account, and what its orders may name.
#include "enroll/ra/external_accounts.h"

#include "tests/enroll/support/binding.h"
#include "tests/enroll/support/registration.h"

namespace mailca::ra {
namespace {

using test::Binding;
using test::bindingOf;

constexpr const char* kUrl = "https://acme.example/acme/new-account";

Secret secret(std::string_view text = "the operators' secret") {
    return Secret::copyOf(asBytes(text));
}

class ExternalAccountsTest : public test::Registration {
 protected:
    test::MemoryExternalKeys book;
    ExternalAccounts external{book, secret(), clock, random};
    Accounts accounts{accountBook, policy, clock, random, &external};
    const jose::Jwk jwk = jose::toJwk(test::newKey().publicKey()).value();
    ExternalAccounts::Made made = external.create({"Example GmbH", {}, std::nullopt}).value();

    Binding right() const { return {.keyId = made.key.id, .url = kUrl, .payload = jwk.value.dump(), .more = {}}; }
    Accounts::Request request(std::optional<json::Value> binding) const {
        return {jwk, {}, false, false, std::move(binding), kUrl};
    }
};

TEST_F(ExternalAccountsTest, BindsUnderEachOfTheThreeMacs) {
    for (const char* alg : {"HS256", "HS384", "HS512"}) {
        Binding binding = right();
        binding.alg = alg;
        const json::Value sent = bindingOf(binding, made.macKey.view());
        const auto bound = external.verify(sent, jwk, kUrl);
        ASSERT_TRUE(bound) << alg << bound.error().text();
        EXPECT_EQ(bound->keyId, made.key.id);
        EXPECT_EQ(bound->binding, sent.dump()) << "as it was sent (B26)";
    }
}

TEST_F(ExternalAccountsTest, RefusesWhatIsNotRightInOnePlace) {
    struct Case {
        const char* what;
        std::function<void(Binding&)> bend;
        ErrorKind error;
    };
    const jose::Jwk other = jose::toJwk(test::newKey().publicKey()).value();
    const std::vector<Case> cases{
        {"another algorithm", [](Binding& b) { b.alg = "ES256"; }, ErrorKind::BadSignatureAlgorithm},
        {"no algorithm at all", [](Binding& b) { b.alg = "none"; }, ErrorKind::BadSignatureAlgorithm},
        {"a nonce",
         [](Binding& b) {
             b.more = {{"nonce", "AAAA"}};
         },
         ErrorKind::Malformed},
        {"a jwk",
         [&](Binding& b) {
             b.more = {{"jwk", jwk.value}};
         },
         ErrorKind::Malformed},
        {"another url", [](Binding& b) { b.url = "https://acme.example/acme/new-order"; }, ErrorKind::Malformed},
        {"another key", [&](Binding& b) { b.payload = other.value.dump(); }, ErrorKind::Malformed},
        {"no key", [](Binding& b) { b.payload = "{}"; }, ErrorKind::BadPublicKey},
        {"no kid", [](Binding& b) { b.keyId = ""; }, ErrorKind::Malformed},
        {"an unknown kid", [](Binding& b) { b.keyId = "nobody"; }, ErrorKind::Unauthorized},
    };
    for (const Case& bent : cases) {
        Binding binding = right();
        bent.bend(binding);
        const auto refused = external.verify(bindingOf(binding, made.macKey.view()), jwk, kUrl);
        ASSERT_FALSE(refused) << bent.what;
        EXPECT_EQ(refused.error().kind, bent.error) << bent.what << ": " << refused.error().detail;
    }
    EXPECT_EQ(external.verify(bindingOf(right(), asBytes(std::string_view("guessed"))), jwk, kUrl).error().kind,
              ErrorKind::Unauthorized);
    EXPECT_EQ(external.verify(json::object({{"protected", "e30"}}), jwk, kUrl).error().kind, ErrorKind::Malformed);
}

TEST_F(ExternalAccountsTest, TellsAnUnknownKeyAndAWrongMacAlike) {
    Binding unknown = right();
    unknown.keyId = "nobody";
    EXPECT_EQ(external.verify(bindingOf(unknown, made.macKey.view()), jwk, kUrl).error(),
              external.verify(bindingOf(right(), asBytes(std::string_view("guessed"))), jwk, kUrl).error());
}

TEST_F(ExternalAccountsTest, TakesNoKeyThatIsRevokedOrUsedUp) {
    ASSERT_TRUE(external.verify(bindingOf(right(), made.macKey.view()), jwk, kUrl));
    book.keys.front().mostUses = 1;
    book.keys.front().uses = 1;
    EXPECT_EQ(external.verify(bindingOf(right(), made.macKey.view()), jwk, kUrl).error().kind, ErrorKind::Unauthorized);
    book.keys.front().mostUses.reset();
    ASSERT_TRUE(external.revoke(made.key.id));
    EXPECT_EQ(external.verify(bindingOf(right(), made.macKey.view()), jwk, kUrl).error().kind, ErrorKind::Unauthorized);
}

TEST_F(ExternalAccountsTest, MakesDifferentKeysThatAnotherSecretDoesNotKnow) {
    const auto second = external.create({"", {}, 1}).value();
    EXPECT_NE(second.key.id, made.key.id);
    EXPECT_EQ(made.macKey.view().size(), 64U) << "HS512 wants so many";
    EXPECT_FALSE(made.macKey.equals(second.macKey.view()));
    const ExternalAccounts stranger(book, secret("another secret"), clock, random);
    EXPECT_EQ(stranger.verify(bindingOf(right(), made.macKey.view()), jwk, kUrl).error().kind, ErrorKind::Unauthorized);
}

TEST_F(ExternalAccountsTest, MakesNothingThatACommandLineTakesForAnOption) {
    for (int round = 0; round < 2000; ++round) {
        const auto one = external.create({"", {}, 1}).value();
        EXPECT_NE(one.key.id.front(), '-');
        EXPECT_NE(toBase64Url(one.macKey.view()).front(), '-');
    }
}

TEST_F(ExternalAccountsTest, SpellsLimitsAsAddressesAreSpelled) {
    const auto limited = external.create({"", {"Bob@Example.NET", "bücher.Example"}, std::nullopt}).value();
    EXPECT_EQ(limited.key.allowed, (std::vector<std::string>{"Bob@example.net", "xn--bcher-kva.example"}));
    for (const char* wrong : {"", "localhost", "a@b@c", "*.example.org", "example.org."}) {
        EXPECT_EQ(external.create({"", {wrong}, std::nullopt}).error().kind, ErrorKind::Malformed) << wrong;
    }
    EXPECT_EQ(external.create({"", {}, 0}).error().kind, ErrorKind::Malformed);
}

TEST_F(ExternalAccountsTest, AreAskedForWhereTheyAreRequired) {
    EXPECT_TRUE(accounts.create(request(std::nullopt)));
    policy.externalAccountRequired = true;
    EXPECT_TRUE(accounts.create(request(std::nullopt))) << "the account of this key is there already (B22)";
    accountBook.accounts.clear();
    EXPECT_EQ(accounts.create(request(std::nullopt)).error().kind, ErrorKind::ExternalAccountRequired);
    const auto bound = accounts.create(request(bindingOf(right(), made.macKey.view())));
    ASSERT_TRUE(bound) << bound.error().text();
    EXPECT_EQ(bound->account.external->keyId, made.key.id);
}

TEST_F(ExternalAccountsTest, AreRefusedWhereTheyAreNotOffered) {
    Accounts without(accountBook, policy, clock, random);
    EXPECT_EQ(without.create(request(bindingOf(right(), made.macKey.view()))).error().kind, ErrorKind::Malformed);
}

TEST_F(ExternalAccountsTest, LimitWhatTheirAccountsOrder) {
    account.external = ExternalAccount{made.key.id, "{}", {"example.net", "alice@example.org"}};
    EXPECT_TRUE(order("alice@example.org"));
    EXPECT_TRUE(order("anybody@example.net"));
    for (const char* outside : {"bob@example.org", "Alice@example.org", "alice@sub.example.net"}) {
        const auto refused = order(outside);
        ASSERT_FALSE(refused) << outside;
        EXPECT_EQ(refused.error().kind, ErrorKind::RejectedIdentifier) << outside;
    }
    account.external->revoked = true;
    EXPECT_EQ(order("alice@example.org").error().kind, ErrorKind::Unauthorized);
}

}  // namespace
}  // namespace mailca::ra
