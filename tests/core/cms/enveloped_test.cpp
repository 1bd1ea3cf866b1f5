#include "core/cms/enveloped.h"

#include <gtest/gtest.h>

#include "tests/support/certificates.h"
#include "tests/support/files.h"
#include "tests/support/mutate.h"

namespace mailca::cms {
namespace {

std::string data(const std::string& name) {
    return test::readFile(test::dataFile(name));
}
x509::Certificate certificate(const std::string& name) {
    return x509::Certificate::fromPem(data("x509/" + name + ".pem")).value();
}
crypto::PrivateKey key(const std::string& name) {
    return crypto::PrivateKey::fromPem(data("cms/" + name + ".key")).value();
}

class EveryCipher : public testing::TestWithParam<ContentCipher> {};
INSTANTIATE_TEST_SUITE_P(Ciphers, EveryCipher, testing::Values(ContentCipher::Aes256Cbc, ContentCipher::Aes256Gcm));

TEST_P(EveryCipher, EveryRecipientReadsIt) {
    const test::Identity root = test::makeRoot();
    std::vector<test::Identity> people;
    for (const auto type : {crypto::KeyType::Rsa, crypto::KeyType::P256, crypto::KeyType::P384}) {
        people.push_back(test::makeLeaf(root, "alice@example.org", type));
    }
    std::vector<x509::Certificate> recipients;
    for (const test::Identity& one : people) recipients.push_back(one.certificate);
    const std::string plain = std::string("For your eyes only\r\n\0\n", 22) + std::string(5000, 'x');
    const Bytes message = encrypt(asBytes(plain), recipients, GetParam()).value();
    EXPECT_EQ(asText(message).find("eyes only"), std::string_view::npos);
    for (const test::Identity& one : people) {
        EXPECT_EQ(asText(decrypt(message, one.key, one.certificate).value()), plain);
    }
}

TEST_P(EveryCipher, NobodyElseReadsIt) {
    const test::Identity root = test::makeRoot();
    const test::Identity alice = test::makeLeaf(root, "alice@example.org", crypto::KeyType::Rsa);
    const test::Identity eve = test::makeLeaf(root, "eve@example.org", crypto::KeyType::Rsa);
    const Bytes message = encrypt(asBytes("secret"), {alice.certificate}, GetParam()).value();
    EXPECT_EQ(decrypt(message, eve.key, eve.certificate).error().kind, ErrorKind::Unauthorized);
    const auto stolen = decrypt(message, eve.key, alice.certificate);
    EXPECT_TRUE(!stolen || asText(*stolen) != "secret");
}

TEST_P(EveryCipher, TakesAnEmptyMessageAndRefusesNoRecipients) {
    const test::Identity alice = test::makeLeaf(test::makeRoot(), "alice@example.org");
    const Bytes message = encrypt({}, {alice.certificate}, GetParam()).value();
    EXPECT_TRUE(decrypt(message, alice.key, alice.certificate).value().empty());
    EXPECT_FALSE(encrypt(asBytes("x"), {}, GetParam()));
}

TEST_P(EveryCipher, GoesThroughAMailEntity) {
    const Bytes message = encrypt(asBytes("x"), {certificate("bob")}, GetParam()).value();
    const std::string mail = toSmime(message, smimeTypeOf(GetParam()));
    EXPECT_EQ(fromSmime(mail).value(), message);
    EXPECT_NE(mail.find(GetParam() == ContentCipher::Aes256Gcm ? "smime-type=authEnveloped-data"
                                                               : "smime-type=enveloped-data"),
              std::string::npos);
    for (std::size_t at = 0; at < mail.size(); at = mail.find('\n', at) + 1) {
        EXPECT_LE(mail.find('\n', at) - at, 78u);  // RFC 5322 section 2.1.1
        EXPECT_EQ(mail[mail.find('\n', at) - 1], '\r');
    }
}

TEST(Decrypt, ReadsWhatOpensslWrote) {
    const std::string plain = data("cms/plain.txt");
    for (const char* name : {"alice", "bob"}) {
        for (const char* file : {"cms/cbc.der", "cms/gcm.pem"}) {
            const auto read = decrypt(fromSmime(data(file)).value(), key(name), certificate(name));
            ASSERT_TRUE(read) << name << " " << file << " " << read.error().detail;
            EXPECT_EQ(asText(*read), plain);
        }
    }
    // A mail with LF line ends, and OAEP key transport.
    EXPECT_EQ(asText(decrypt(fromSmime(data("cms/smime.eml")).value(), key("alice"), certificate("alice")).value()),
              plain);
}

TEST(Decrypt, TellsNotWhyItFails) {  // no oracle: one kind and one sentence
    const test::Identity alice = test::makeLeaf(test::makeRoot(), "alice@example.org", crypto::KeyType::Rsa);
    const Bytes good = encrypt(asBytes("secret"), {alice.certificate}, ContentCipher::Aes256Gcm).value();
    std::string sentence;
    for (const std::size_t fromEnd :
         {std::size_t{1}, std::size_t{20}, good.size() / 2}) {  // tag, content, encrypted key
        Bytes broken = good;
        broken[broken.size() - fromEnd] ^= 1;
        const auto read = decrypt(broken, alice.key, alice.certificate);
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().kind, ErrorKind::Crypto);
        if (sentence.empty()) sentence = read.error().detail;
        EXPECT_EQ(read.error().detail, sentence);
    }
}

TEST(Decrypt, RefusesWhatIsNotEncrypted) {
    const crypto::PrivateKey alice = key("alice");
    EXPECT_EQ(decrypt(test::readBytes(test::dataFile("cms/signed.der")), alice, certificate("alice")).error().kind,
              ErrorKind::Parse);
    EXPECT_EQ(decrypt(asBytes("not DER"), alice, certificate("alice")).error().kind, ErrorKind::Parse);
    EXPECT_EQ(decrypt({}, alice, certificate("alice")).error().kind, ErrorKind::Parse);
}

TEST(Encrypt, RefusesKeysThatCannot) {
    EXPECT_EQ(encrypt(asBytes("x"), {certificate("dora")}, ContentCipher::Aes256Cbc).error().kind,
              ErrorKind::BadPublicKey);
}

TEST(FromSmime, RefusesOtherMails) {
    for (const char* text :
         {"", "hello", "Content-Type: text/plain\r\n\r\nhello", "Subject: x\n\nMIIB",
          "Content-Type: application/pkcs7-mime\r\n\r\n!!!!", "-----BEGIN CMS-----\nzz\n-----END CMS-----\n"}) {
        const auto read = fromSmime(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().kind, ErrorKind::Parse);
    }
}

TEST(Decrypt, LivesThroughHostileInput) {
    const crypto::PrivateKey bob = key("bob");
    const x509::Certificate certificateOfBob = certificate("bob");
    test::mutate(toBytes(data("cms/cbc.der")), 1500,
                 [&](ByteView variant) { (void)decrypt(variant, bob, certificateOfBob); });
    test::mutate(toBytes(data("cms/smime.eml")), 500, [](ByteView variant) { (void)fromSmime(asText(variant)); });
}

}  // namespace
}  // namespace mailca::cms
