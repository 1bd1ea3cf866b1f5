#include "ca/key_policy.h"

#include <gtest/gtest.h>

#include "core/crypto/rsa_check.h"
#include "tests/ca/support.h"
#include "tests/support/run.h"

namespace mailca::ca {
namespace {

using crypto::KeyType;
using crypto::RsaFlaw;
using test::must;

const Bytes kUsual{0x01, 0x00, 0x01};

// Numbers made by Python, which is not what judges them. `expression` may use p, a 512-bit prime, and next(n), the
// prime after n.
Bytes number(const std::string& expression) {
    const auto outcome = test::run(
        "/usr/bin/python3 -c \"\n"
        "def prime(n):\n"
        "    return all(pow(a, n - 1, n) == 1 for a in (2, 3, 5, 7, 11))\n"
        "def next(n):\n"
        "    n += 1 + n % 2\n"
        "    while not prime(n): n += 2\n"
        "    return n\n"
        "p = next(2**511 + 12345)\n"
        "n = " +
        expression +
        "\n"
        "print(n.to_bytes((n.bit_length() + 7) // 8, 'big').hex())\"");
    const std::string hex = outcome.output.substr(0, outcome.output.find('\n'));
    const auto bytes = fromHex(hex);
    if (outcome.status != 0 || !bytes) throw std::runtime_error(outcome.output);
    return *bytes;
}

TEST(RsaFlaw, IsFoundInWeakNumbers) {  // D8, D13
    const struct {
        std::string modulus;
        std::string exponent;
        std::optional<RsaFlaw> flaw;
    } rows[] = {
        {"p * next(2**513 - 2**400)", "65537", {}},
        {"p * next(2**513 - 2**400)", "3", {}},
        {"p * next(2**513 - 2**400)", "65536", RsaFlaw::EvenExponent},
        {"p * next(2**513 - 2**400)", "1", RsaFlaw::SmallExponent},
        {"p * next(2**513 - 2**400)", "2**256 + 1", RsaFlaw::LargeExponent},
        {"p * next(2**513 - 2**400)", "2**256 - 1", {}},
        {"p * 2", "65537", RsaFlaw::EvenModulus},
        {"p * 3", "65537", RsaFlaw::SmallFactor},
        {"p * 751", "65537", RsaFlaw::SmallFactor},
        {"p * 757", "65537", {}},
        {"p", "65537", RsaFlaw::PrimePower},
        {"p ** 2", "65537", RsaFlaw::PrimePower},
        {"p ** 3", "65537", RsaFlaw::PrimePower},
        {"1009 ** 101", "65537", RsaFlaw::PrimePower},
        {"p * next(p)", "65537", RsaFlaw::ClosePrimes},
        {"p * next(p + 2**258)", "65537", RsaFlaw::ClosePrimes},  // within 100 rounds
        {"p * next(p + 2**270)", "65537", {}},                    // beyond them
    };
    for (const auto& row : rows) {
        EXPECT_EQ(crypto::findRsaFlaw(number(row.modulus), number(row.exponent)), row.flaw)
            << row.modulus << ", " << row.exponent;
    }
}

class KeyPolicyTest : public ::testing::Test {
 protected:
    const ca::Profiles m_profiles = test::shippedProfiles();
    std::string refusal(const crypto::PublicKey& key, const std::string& profile) const {
        const auto checked = KeyPolicy::check(key, *m_profiles.find(profile));
        if (checked.has_value()) return "";
        EXPECT_EQ(checked.error().kind, ErrorKind::BadPublicKey);
        return checked.error().detail;
    }
};

TEST_F(KeyPolicyTest, TakesWhatTheProfileNames) {
    const struct {
        crypto::KeySpec spec;
        std::string profile;
        bool good;
    } rows[] = {
        {{KeyType::P256, 0}, "smime-sign", true},   {{KeyType::P384, 0}, "smime-encrypt", true},
        {{KeyType::Sm2, 0}, "sm2-sign", true},      {{KeyType::Sm2, 0}, "smime-sign", false},
        {{KeyType::P256, 0}, "sm2-sign", false},    {{KeyType::Rsa, 3072}, "sm2-sign", false},
        {{KeyType::P521, 0}, "smime-sign", false},  {{KeyType::Ed25519, 0}, "smime-sign", false},
        {{KeyType::Rsa, 2048}, "smime-dual", true}, {{KeyType::Rsa, 1024}, "smime-dual", false},
        {{KeyType::Rsa, 2048}, "timestamp", false}, {{KeyType::P256, 0}, "timestamp", true},
    };
    for (const auto& row : rows) {
        const auto key = must(crypto::PrivateKey::generate(row.spec)).publicKey();
        EXPECT_EQ(refusal(key, row.profile).empty(), row.good) << nameOf(row.spec.type) << " " << row.spec.rsaBits;
    }
}

TEST_F(KeyPolicyTest, SaysWhatToDo) {
    const auto small = must(crypto::PrivateKey::generate({KeyType::Rsa, 1024})).publicKey();
    const std::string said = refusal(small, "smime-sign");
    EXPECT_NE(said.find("1024 bits"), std::string::npos) << said;
    EXPECT_NE(said.find("RSA with 2048 to 4096 bits, P-256, P-384"), std::string::npos) << said;
}

TEST_F(KeyPolicyTest, RefusesWeakRsaOfTheRightSize) {  // D13
    const auto close = must(crypto::PublicKey::fromRsa(number("next(3 * 2**1022) * next(next(3 * 2**1022))"), kUsual));
    EXPECT_NE(refusal(close, "smime-sign").find("close together"), std::string::npos);
    const auto square = must(crypto::PublicKey::fromRsa(number("next(3 * 2**1022) ** 2"), kUsual));
    EXPECT_NE(refusal(square, "smime-sign").find("power"), std::string::npos);
}

TEST_F(KeyPolicyTest, AcceptsWhatItReturns) {
    const auto key = must(crypto::PrivateKey::generate({KeyType::P256, 0})).publicKey();
    EXPECT_EQ(must(KeyPolicy::check(key, *m_profiles.find("smime-sign"))).key(), key);
}

}  // namespace
}  // namespace mailca::ca
