#include "ca/key_policy.h"

#include <gtest/gtest.h>

#include "core/crypto/rsa_check.h"
#include "tests/ca/foreign_keys.h"
#include "tests/ca/support.h"
#include "tests/support/run.h"

namespace mailca::ca {
namespace {

using crypto::KeyType;
using crypto::RsaFlaw;
using test::foreignKey;
using test::must;

const Bytes kUsual{0x01, 0x00, 0x01};

// Numbers made by Python, which is not what judges them. `expression` may use p, a 512-bit prime, next(n), the prime
// after n, and roca(a), a prime of the form k M + (65537^a mod M) as in CVE-2017-15361.
Bytes number(const std::string& expression) {
    const auto outcome = test::run(
        "/usr/bin/python3 -c \"\n"
        "def prime(n):\n"
        "    return all(pow(a, n - 1, n) == 1 for a in (2, 3, 5, 7, 11))\n"
        "def next(n):\n"
        "    n += 1 + n % 2\n"
        "    while not prime(n): n += 2\n"
        "    return n\n"
        "def roca(a):\n"
        "    M = 1\n"
        "    for q in range(2, 168):\n"
        "        if all(q % d for d in range(2, q)): M *= q\n"
        "    k = 2**511 // M + a * 2**200\n"
        "    while not prime(k * M + pow(65537, a, M)): k += 1\n"
        "    return k * M + pow(65537, a, M)\n"
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
        {"roca(17) * roca(4711)", "65537", RsaFlaw::Roca},
        {"roca(17) * p", "65537", {}},
        {"next(roca(17)) * roca(4711)", "65537", {}},
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

TEST_F(KeyPolicyTest, WantsItsPointsUncompressed) {
    const auto compressed = must(crypto::PublicKey::fromSpki(*fromHex(
        "3039301306072a8648ce3d020106082a8648ce3d030107032200036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0"
        "f4a13945d898c296")));
    EXPECT_NE(refusal(compressed, "smime-sign").find("uncompressed"), std::string::npos);
}

TEST_F(KeyPolicyTest, AgreesWithOthersAboutTheirKeys) {  // L6
    const struct {
        std::string key;
        std::string says;  // empty: good
    } rows[] = {{"roca-badkeys", "CVE-2017-15361"},
                {"roca-rocacheck", "CVE-2017-15361"},
                {"fermat-badkeys", "close together"},
                {"good-rocacheck", ""}};
    for (const auto& row : rows) {
        const std::string said = refusal(foreignKey(row.key), "smime-sign");
        EXPECT_EQ(said.empty(), row.says.empty()) << row.key << said;
        EXPECT_NE(said.find(row.says), std::string::npos) << row.key << ": " << said;
    }
}

// The first line is Debian's: openssl-vulnkey prints b724c8256936fad04f50042dcb33f1f6f3ce9eee for this key.
TEST_F(KeyPolicyTest, RefusesKeysOnTheLists) {  // D13
    const auto key = must(crypto::PrivateKey::generate({KeyType::P384, 0})).publicKey();
    const auto lists =
        must(WeakKeys::parse({{"blacklist.RSA-2048", "# Debian\n0000aa0b1c2d3e4f5a6b\n042dcb33f1f6f3ce9eee  \r\n"},
                              {"own.txt", "\n" + toHex(key.spkiSha256()) + "  # ours"}}));
    EXPECT_EQ(lists.moduli(), 2u);
    EXPECT_EQ(lists.keys(), 1u);
    Profile profile = *m_profiles.find("smime-sign");
    const auto knows = [&](const crypto::PublicKey& one) { return !KeyPolicy::check(one, profile).has_value(); };
    profile.weakKeys = std::make_shared<const WeakKeys>(lists);
    EXPECT_TRUE(knows(foreignKey("debian-dsa1571")));
    EXPECT_TRUE(knows(key));
    EXPECT_FALSE(knows(foreignKey("debian-badkeys"))) << "a key of another process id, which is not on this list";
    profile.weakKeys = nullptr;
    EXPECT_FALSE(knows(foreignKey("debian-dsa1571")));
    EXPECT_FALSE(knows(key));
}

TEST_F(KeyPolicyTest, KnowsTheKeysOfTheStandardsAndOfTheSamples) {
    EXPECT_GE(m_profiles.weakKeys().keys(), 9u);
    for (const char* name : {"alice-sign", "alice-encrypt", "bob-dual", "carol-revoked"}) {
        const std::string path = std::string(MAILCA_SOURCE_DIR) + "/keys-sample/" + name + ".key";
        const auto key = must(crypto::PrivateKey::fromPem(test::readFile(path))).publicKey();
        EXPECT_NE(refusal(key, "smime-dual").find("known to others"), std::string::npos) << name;
    }
}

TEST(WeakKeys, NamesTheLineThatIsNone) {
    for (const char* line : {"0000aa0b1c2d3e4f5a6", "0000aa0b1c2d3e4f5a6b7c", "zz00aa0b1c2d3e4f5a6b", "Modulus=00"}) {
        const auto parsed = WeakKeys::parse({{"some.list", std::string("# a list\n") + line}});
        ASSERT_FALSE(parsed.has_value()) << line;
        EXPECT_EQ(parsed.error().kind, ErrorKind::Config);
        EXPECT_NE(parsed.error().detail.find("some.list, line 2"), std::string::npos) << parsed.error().detail;
    }
    EXPECT_EQ(must(WeakKeys::load("/nowhere")).keys(), 0u);
}

// D9: what is no point, or the wrong one, does not become a key at all. Made of P-256's own numbers (FIPS 186).
TEST(Points, OffTheCurveAreNoKeys) {
    const std::string p = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    const std::string gx = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
    const std::string gy = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    const std::string head = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
    const auto parses = [](const std::string& hex) { return crypto::PublicKey::fromSpki(*fromHex(hex)).has_value(); };
    EXPECT_TRUE(parses(head + "04" + gx + gy));
    EXPECT_FALSE(parses(head + "04" + gy + gx)) << "not on the curve";
    EXPECT_FALSE(parses(head + "04" + gx + std::string(64, '0')));
    EXPECT_FALSE(parses(head + "04" + std::string(128, '0')));
    EXPECT_FALSE(parses(head + "04" + p + gy)) << "not below p";
    EXPECT_FALSE(parses("3019301306072a8648ce3d020106082a8648ce3d03010703020000")) << "the point at infinity";
}

TEST_F(KeyPolicyTest, AcceptsWhatItReturns) {
    const auto key = must(crypto::PrivateKey::generate({KeyType::P256, 0})).publicKey();
    EXPECT_EQ(must(KeyPolicy::check(key, *m_profiles.find("smime-sign"))).key(), key);
}

}  // namespace
}  // namespace mailca::ca
