#include "core/crypto/key.h"

#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include "tests/support/certificates.h"
#include "tests/support/files.h"

namespace mailca::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<PrivateKey> && std::is_nothrow_move_constructible_v<PrivateKey>);
static_assert(std::is_copy_constructible_v<PublicKey>);

Bytes hex(std::string_view text) {
    return fromHex(text).value();
}
Bytes start(const Bytes& bytes, std::size_t length) {
    return {bytes.begin(), bytes.begin() + static_cast<long>(length)};
}

class EveryKey : public testing::TestWithParam<KeyType> {};
INSTANTIATE_TEST_SUITE_P(Types, EveryKey,
                         testing::Values(KeyType::Rsa, KeyType::P256, KeyType::P384, KeyType::P521, KeyType::Ed25519,
                                         KeyType::Sm2));

TEST_P(EveryKey, SignsWhatItsPublicHalfVerifies) {
    const PrivateKey key = test::makeKey(GetParam());
    const auto algorithm = key.defaultAlgorithm();
    const Bytes signature = key.sign(algorithm, asBytes("message")).value();
    EXPECT_TRUE(key.publicKey().verify(algorithm, asBytes("message"), signature));
    EXPECT_EQ(key.publicKey().verify(algorithm, asBytes("massage"), signature).error().kind, ErrorKind::Crypto);
    Bytes broken = signature;
    broken[broken.size() / 2] ^= 1;
    EXPECT_FALSE(key.publicKey().verify(algorithm, asBytes("message"), broken));
    EXPECT_FALSE(key.publicKey().verify(algorithm, asBytes("message"), {}));
    EXPECT_FALSE(test::makeKey(GetParam()).publicKey().verify(algorithm, asBytes("message"), signature));
}

TEST_P(EveryKey, GoesThroughPemAndPkcs8) {
    const PrivateKey key = test::makeKey(GetParam());
    const Secret pem = key.toPem().value();
    EXPECT_TRUE(pem.text().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    EXPECT_EQ(PrivateKey::fromPem(pem.text()).value().publicKey(), key.publicKey());
    EXPECT_EQ(PrivateKey::fromPkcs8(key.toPkcs8().value().view()).value().publicKey(), key.publicKey());
    EXPECT_EQ(PublicKey::fromSpki(key.publicKey().spki()).value(), key.publicKey());
    EXPECT_EQ(key.type(), GetParam());
}

TEST_P(EveryKey, PublicHalfHoldsNoSecret) {
    const PrivateKey key = test::makeKey(GetParam());
    EXPECT_NE(key.publicKey().handle(), key.handle());
}

TEST_P(EveryKey, RefusesTrailingBytesAndDamage) {
    const PrivateKey key = test::makeKey(GetParam());
    Bytes spki = key.publicKey().spki();
    spki.push_back(0);
    EXPECT_EQ(PublicKey::fromSpki(spki).error().kind, ErrorKind::BadPublicKey);
    spki.pop_back();
    spki.pop_back();
    EXPECT_FALSE(PublicKey::fromSpki(spki));
    const Secret pkcs8 = key.toPkcs8().value();
    Bytes longer(pkcs8.view().begin(), pkcs8.view().end());
    longer.push_back(0);
    EXPECT_EQ(PrivateKey::fromPkcs8(longer).error().kind, ErrorKind::Parse);
}

TEST(PublicKey, HasTheAlgorithmBytesOfTheBaselineRequirements) {  // D10
    const auto spki = [](KeyType type) { return test::makeKey(type).publicKey().spki(); };
    const auto algorithm = [&](KeyType type, std::size_t header, std::size_t length) {
        const Bytes whole = spki(type);
        return toHex(ByteView(whole).subspan(header, length));
    };
    EXPECT_EQ(algorithm(KeyType::Rsa, 4, 15), "300d06092a864886f70d0101010500");
    EXPECT_EQ(algorithm(KeyType::P256, 2, 21), "301306072a8648ce3d020106082a8648ce3d030107");
    EXPECT_EQ(algorithm(KeyType::P384, 2, 18), "301006072a8648ce3d020106052b81040022");
    EXPECT_EQ(algorithm(KeyType::P521, 3, 18), "301006072a8648ce3d020106052b81040023");
    EXPECT_EQ(algorithm(KeyType::Ed25519, 2, 7), "300506032b6570");
}

TEST(PublicKey, TiesAlgorithmsToKeys) {  // D11
    const PrivateKey p256 = test::makeKey(KeyType::P256);
    for (const auto algorithm :
         {SignatureAlgorithm::EcdsaSha384, SignatureAlgorithm::RsaSha256, SignatureAlgorithm::Ed25519}) {
        EXPECT_FALSE(p256.sign(algorithm, asBytes("x")));
        EXPECT_FALSE(p256.publicKey().verify(algorithm, asBytes("x"), Bytes(64, 1)));
    }
    const PrivateKey rsa = test::makeKey(KeyType::Rsa);
    for (const auto algorithm :
         {SignatureAlgorithm::RsaSha256, SignatureAlgorithm::RsaSha384, SignatureAlgorithm::RsaSha512}) {
        const Bytes signature = rsa.sign(algorithm, asBytes("x")).value();
        EXPECT_TRUE(rsa.publicKey().verify(algorithm, asBytes("x"), signature));
    }
}

TEST(PublicKey, RefusesPointsOffTheCurve) {  // B7; the base point of P-256, and one coordinate wrong
    const Bytes x = hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
    Bytes y = hex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
    const auto key = PublicKey::fromEcPoint(KeyType::P256, x, y);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->type(), KeyType::P256);
    Bytes both = x;
    both.insert(both.end(), y.begin(), y.end());
    EXPECT_EQ(key->rawPoint(), both);
    Bytes spki = key->spki();
    y.back() ^= 1;
    EXPECT_EQ(PublicKey::fromEcPoint(KeyType::P256, x, y).error().kind, ErrorKind::BadPublicKey);
    spki.back() ^= 1;
    EXPECT_FALSE(PublicKey::fromSpki(spki));
    EXPECT_FALSE(PublicKey::fromEcPoint(KeyType::P256, Bytes(32, 0), Bytes(32, 0)));
    EXPECT_FALSE(PublicKey::fromEcPoint(KeyType::P256, start(x, 31), y));
    EXPECT_FALSE(PublicKey::fromEcPoint(KeyType::Rsa, x, y));
    // The point at infinity, encoded as the one octet 00.
    EXPECT_FALSE(PublicKey::fromSpki(hex("3019301306072a8648ce3d020106082a8648ce3d03010703020000")));
}

TEST(PublicKey, RefusesImpossibleRsaNumbers) {
    const PublicKey key = test::makeKey(KeyType::Rsa).publicKey();
    EXPECT_EQ(PublicKey::fromRsa(key.rsaModulus(), key.rsaExponent()).value(), key);
    EXPECT_EQ(key.rsaExponent(), hex("010001"));
    Bytes even = key.rsaModulus();
    even.back() &= 0xFE;
    EXPECT_FALSE(PublicKey::fromRsa(even, key.rsaExponent()));
    EXPECT_FALSE(PublicKey::fromRsa(key.rsaModulus(), Bytes{1}));
    EXPECT_FALSE(PublicKey::fromRsa(key.rsaModulus(), Bytes{2}));
    EXPECT_FALSE(PublicKey::fromRsa(key.rsaModulus(), {}));
    EXPECT_FALSE(PublicKey::fromRsa({}, key.rsaExponent()));
    EXPECT_FALSE(PublicKey::fromRsa(Bytes(4096, 0xFF), key.rsaExponent()));
    EXPECT_FALSE(PublicKey::fromEd25519(Bytes(31, 1)));
}

TEST(PublicKey, VerifiesRfc8032Test3) {  // Ed25519, a vector of somebody else
    const auto key = PublicKey::fromEd25519(hex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"));
    const Bytes signature =
        hex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
    EXPECT_TRUE(key->verify(SignatureAlgorithm::Ed25519, hex("af82"), signature));
    EXPECT_EQ(key->rawPoint().size(), 32u);
}

TEST(PrivateKey, RefusesWhatItDoesNotMake) {
    EXPECT_FALSE(PrivateKey::generate({KeyType::Other}));
    EXPECT_FALSE(PrivateKey::generate({KeyType::Rsa, 512}));
    EXPECT_FALSE(PrivateKey::generate({KeyType::Rsa, 2049}));
    EXPECT_FALSE(PrivateKey::generate({KeyType::Rsa, 1 << 20}));
    EXPECT_EQ(test::makeKey(KeyType::Rsa, 1024).publicKey().bits(), 1024);
}

TEST(PrivateKey, RefusesEncryptedAndBrokenPemWithoutAskingAnybody) {
    const std::string encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhVpMt0lWTZGAICCAAw\n"
        "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEJ5oGxZCYL8Y7AAAAAAAAAAEQA==\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n";
    for (const std::string& pem : {encrypted, std::string(), std::string("no PEM"),
                                   std::string("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")}) {
        EXPECT_EQ(PrivateKey::fromPem(pem).error().kind, ErrorKind::Parse);
    }
}

TEST(LockKeyMemory, KeepsPrivateNumbersInItsOwnHeap) {
    const auto locked = lockKeyMemory();
    EXPECT_TRUE(locked || locked.error().detail.find("ulimit") != std::string::npos);  // it says what to do
    EXPECT_TRUE(lockKeyMemory());                                                      // once is enough
    const std::size_t before = ::CRYPTO_secure_used();
    const PrivateKey key = test::makeKey(KeyType::Rsa);
    EXPECT_GT(::CRYPTO_secure_used(), before);
    EXPECT_TRUE(key.sign(key.defaultAlgorithm(), asBytes("x")));
    EXPECT_TRUE(key.toPem());
}

TEST(PrivateKey, ReadsWhatOpensslWrote) {
    EXPECT_EQ(PrivateKey::fromPem(test::readFile(test::dataFile("cms/alice.key"))).value().type(), KeyType::Rsa);
    EXPECT_EQ(PrivateKey::fromPem(test::readFile(test::dataFile("cms/bob.key"))).value().type(), KeyType::P256);
}

}  // namespace
}  // namespace mailca::crypto
