#include "ca/key_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/ca/support.h"

namespace mailca::ca {
namespace {

using test::kCheapSeal;
using test::must;

Bytes sealed(const std::string& plain) {
    SystemRandom random;
    return must(seal(Secret::copyOf(asBytes(plain)), test::passphrase(), kCheapSeal, random));
}

TEST(KeyStore, UnsealsWhatItSealed) {
    for (const std::string plain : {"", "x", "a private key in PKCS#8"}) {
        EXPECT_EQ(must(unseal(sealed(plain), test::passphrase())).text(), plain);
    }
}

TEST(KeyStore, NeverSealsTheSameWayTwice) {
    EXPECT_NE(sealed("key"), sealed("key"));
    EXPECT_EQ(asText(sealed("a private key")).find("private"), std::string_view::npos);
}

TEST(KeyStore, WhatIsSealedTogetherIsStretchedOnce) {
    SystemRandom random;
    const Secret passphrase = test::passphrase(), plain = Secret::copyOf(asBytes("key"));
    const Stretched together(passphrase);
    const Bytes one = must(seal(plain, together, kCheapSeal, random)),
                other = must(seal(plain, together, kCheapSeal, random));
    const auto part = [](const Bytes& file, std::size_t at, std::size_t size) {
        return Bytes(file.begin() + static_cast<long>(at), file.begin() + static_cast<long>(at + size));
    };
    EXPECT_EQ(part(one, 32, 16), part(other, 32, 16));  // the salt
    EXPECT_NE(part(one, 48, 24), part(other, 48, 24));  // the nonce
    const Stretched opening(passphrase);
    for (const Bytes& file : {one, other, sealed("key")}) EXPECT_EQ(must(unseal(file, opening)).text(), "key");
}

TEST(KeyStore, WrongPassphraseIsNotDamage) {
    const auto opened = unseal(sealed("key"), Secret::copyOf(asBytes("another")));
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().kind, ErrorKind::Unauthorized);
    EXPECT_NE(opened.error().detail.find("wrong pass-phrase"), std::string::npos);
}

TEST(KeyStore, DamageIsNotAWrongPassphrase) {
    const Bytes file = sealed("key");
    for (std::size_t at = 0; at < file.size(); at += 5) {
        Bytes damaged = file;
        damaged[at] ^= 1U;
        const auto opened = unseal(damaged, test::passphrase());
        ASSERT_FALSE(opened.has_value()) << at;
        EXPECT_EQ(opened.error().kind, ErrorKind::Config) << at;
    }
    for (std::size_t size = 0; size < file.size(); size += 9) {
        const auto opened = unseal(ByteView(file).first(size), test::passphrase());
        ASSERT_FALSE(opened.has_value()) << size;
        EXPECT_EQ(opened.error().kind, ErrorKind::Config) << size;
    }
}

TEST(KeyStore, EmptyPassphraseSealsNothing) {
    SystemRandom random;
    EXPECT_FALSE(seal(Secret::copyOf(asBytes("key")), Secret{}, kCheapSeal, random).has_value());
}

TEST(KeyStore, ModerateCostIsLibsodiums) {
    EXPECT_EQ(SealCost::moderate().operations, 3U);
    EXPECT_EQ(SealCost::moderate().memory, 256U << 20);
}

TEST(KeyStore, FileIsPrivateAndNeverOverwritten) {
    const test::TempDir folder;
    SystemRandom random;
    const std::string path = folder.file("ca.key");
    const auto key = must(crypto::PrivateKey::generate({crypto::KeyType::P256, 0}));
    must(writeSealedKey(path, key, test::passphrase(), kCheapSeal, random));
    struct ::stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    EXPECT_EQ(must(readSealedKey(path, test::passphrase())).publicKey(), key.publicKey());

    const Bytes before = test::readBytes(path);
    const auto again = writeSealedKey(path, key, test::passphrase(), kCheapSeal, random);
    ASSERT_FALSE(again.has_value());
    EXPECT_NE(again.error().detail.find("not overwritten"), std::string::npos);
    EXPECT_EQ(test::readBytes(path), before);
    const auto entries = std::filesystem::directory_iterator(folder.path());
    EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);  // nothing is left beside it
}

TEST(KeyStore, MissingFileAndFolderAreNamed) {
    const test::TempDir folder;
    SystemRandom random;
    EXPECT_NE(readSealedKey(folder.file("no.key"), test::passphrase()).error().detail.find("no.key"),
              std::string::npos);
    const auto key = must(crypto::PrivateKey::generate({crypto::KeyType::P256, 0}));
    const auto written = writeSealedKey(folder.file("no/ca.key"), key, test::passphrase(), kCheapSeal, random);
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().kind, ErrorKind::Io);
}

}  // namespace
}  // namespace mailca::ca
