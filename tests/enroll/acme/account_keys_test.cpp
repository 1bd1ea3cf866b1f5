#include "enroll/acme/account_keys.h"

#include <gtest/gtest.h>

#include "core/jose/jwk.h"
#include "tests/support/certificates.h"

namespace mailca::acme {
namespace {

ra::Account accountWith(std::string jwk) {
    return {.id = *AccountId::parse("AAAAAAAAAAAAAAAAAAAAAA"),
            .thumbprint = {},
            .jwk = std::move(jwk),
            .keySha256 = {},
            .contacts = {},
            .termsAgreedAt = {},
            .createdAt = {}};
}

ra::Account accountOf(const crypto::PublicKey& key) {
    return accountWith(jose::toJwk(key)->value.dump());
}

TEST(AccountKeys, GivesTheKeyOfTheJwkEveryTime) {
    AccountKeys keys;
    const crypto::PublicKey one = test::makeKey(crypto::KeyType::P256).publicKey();
    const crypto::PublicKey other = test::makeKey(crypto::KeyType::Ed25519).publicKey();
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(keys.of(accountOf(one)).value(), one);
        EXPECT_EQ(keys.of(accountOf(other)).value(), other);
    }
}

// A key change gives the same account another JWK: the old key must not open anything from then on (B30).
TEST(AccountKeys, FollowsAChangeOfTheKey) {
    AccountKeys keys;
    const crypto::PublicKey before = test::makeKey(crypto::KeyType::P256).publicKey();
    const crypto::PublicKey after = crypto::PrivateKey::generate({crypto::KeyType::P384})->publicKey();
    EXPECT_EQ(keys.of(accountOf(before)).value(), before);
    EXPECT_EQ(keys.of(accountOf(after)).value(), after);
}

TEST(AccountKeys, SaysWhatIsNoKey) {
    AccountKeys keys;
    for (int i = 0; i < 2; ++i) {
        EXPECT_FALSE(keys.of(accountWith("{}")));
        EXPECT_FALSE(keys.of(accountWith("no JSON")));
    }
}

TEST(AccountKeys, ForgetsTheOldest) {
    AccountKeys keys;
    const crypto::PublicKey key = test::makeKey(crypto::KeyType::P256).publicKey();
    // The same key in ever other words: white space makes another text of the same JWK.
    for (std::size_t i = 0; i < 2 * AccountKeys::kMost; ++i) {
        EXPECT_EQ(keys.of(accountWith(jose::toJwk(key)->value.dump() + std::string(i, ' '))).value(), key);
    }
    EXPECT_LE(keys.size(), AccountKeys::kMost);
    EXPECT_GE(keys.size(), AccountKeys::kMost / 2);
}

}  // namespace
}  // namespace mailca::acme
