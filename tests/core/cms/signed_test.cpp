#include "core/cms/signed.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/cms/enveloped.h"
#include "tests/support/certificates.h"
#include "tests/support/files.h"
#include "tests/support/mutate.h"
#include "tests/support/run.h"

namespace mailca::cms {
namespace {

const Time kNow = fromUnix(1'790'000'000);  // in 2026
constexpr std::string_view kEntity = "Content-Type: text/plain\r\n\r\nMeet me at noon.\r\n";

class Signing : public testing::TestWithParam<crypto::KeyType> {
 protected:
    Signer signer() const { return {alice.key, {alice.certificate, root.certificate}, std::nullopt}; }
    test::Identity root = test::makeRoot();
    test::Identity alice = test::makeLeaf(root, "alice@example.org", GetParam());
};
INSTANTIATE_TEST_SUITE_P(Keys, Signing,
                         testing::Values(crypto::KeyType::P256, crypto::KeyType::Rsa, crypto::KeyType::P384));

TEST_P(Signing, BothFormsAreReadBack) {
    const Bytes inside = sign(asBytes(kEntity), signer(), kNow, SignatureForm::Opaque).value();
    const Bytes beside = sign(asBytes(kEntity), signer(), kNow, SignatureForm::Detached).value();
    EXPECT_EQ(asText(beside).find("Meet me"), std::string_view::npos);
    for (const std::string& mail :
         {toSmime(inside, SmimeType::SignedData), multipartSigned(kEntity, beside, micalgOf(alice.key))}) {
        const auto read = verify(readSigned("From: alice@example.org\r\n" + mail).value());
        ASSERT_TRUE(read) << read.error().detail;
        EXPECT_EQ(asText(read->content), kEntity);
        ASSERT_EQ(read->signatures.size(), 1u);
        EXPECT_EQ(read->signatures.front().signer, alice.certificate);
        EXPECT_EQ(read->signatures.front().signedAt, kNow);
    }
}

TEST_P(Signing, AChangeAnywhereIsSeen) {
    const Bytes good = sign(asBytes(kEntity), signer(), kNow, SignatureForm::Opaque).value();
    const std::size_t content = asText(good).find("noon");
    for (const std::size_t at : {content, good.size() - 1}) {
        Bytes broken = good;
        broken[at] ^= 1;
        const auto read = verify({"", broken, std::nullopt});
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().kind, ErrorKind::Crypto);
    }
    const Bytes beside = sign(asBytes(kEntity), signer(), kNow, SignatureForm::Detached).value();
    EXPECT_EQ(verify({"", beside, toBytes("something else")}).error().kind, ErrorKind::Crypto);
}

TEST(Sign, CarriesTheChainButNoRootAndTheEncryptionCertificateOnce) {
    const test::Identity root = test::makeRoot();
    const test::Identity alice = test::makeLeaf(root, "alice@example.org");
    const test::Identity other = test::makeLeaf(root, "alice@example.org", crypto::KeyType::Rsa);
    const test::TempDir folder;
    const auto shown = [&](const std::optional<x509::Certificate>& encryption) {
        test::writeFile(folder.path() / "m",
                        sign(asBytes("x"), {alice.key, {alice.certificate, root.certificate}, encryption}, kNow,
                             SignatureForm::Opaque)
                            .value());
        return test::run("openssl cms -cmsout -print -noout -inform DER -in " + folder.file("m")).output;
    };
    const auto count = [](const std::string& text, const std::string& word) {
        std::size_t n = 0;
        for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++n;
        return n;
    };
    EXPECT_EQ(count(shown(std::nullopt), "d.certificate:"), 1u);
    EXPECT_EQ(count(shown(alice.certificate), "d.certificate:"), 1u);
    const std::string both = shown(other.certificate);
    EXPECT_EQ(count(both, "d.certificate:"), 2u);
    for (const char* attribute : {"contentType", "messageDigest", "signingTime", "id-smime-aa-signingCertificateV2",
                                  "S/MIME Capabilities", "id-smime-aa-encrypKeyPref"}) {
        EXPECT_EQ(count(both, "object: " + std::string(attribute)), 1u) << attribute << both;
    }
}

TEST(Sign, RefusesKeysThatCannot) {
    const test::Identity root = test::makeRoot();
    const test::Identity alice = test::makeLeaf(root, "alice@example.org");
    const crypto::PrivateKey ed25519 = test::makeKey(crypto::KeyType::Ed25519);
    EXPECT_EQ(
        sign(asBytes("x"), {ed25519, {alice.certificate}, std::nullopt}, kNow, SignatureForm::Opaque).error().kind,
        ErrorKind::BadPublicKey);
    EXPECT_FALSE(sign(asBytes("x"), {alice.key, {}, std::nullopt}, kNow, SignatureForm::Opaque));
    EXPECT_FALSE(sign(asBytes("x"), {alice.key, {root.certificate}, std::nullopt}, kNow, SignatureForm::Opaque));
}

// openssl signs for us with whatever is wrong.
class Foreign : public testing::Test {
 protected:
    Foreign() {
        test::writeFile(folder.path() / "cert", alice.certificate.pem());
        test::writeFile(folder.path() / "key", alice.key.toPem().value().text());
        test::writeFile(folder.path() / "plain", kEntity);
    }
    Result<SignedContent> read(const std::string& options) {
        const auto made =
            test::run("openssl cms -sign -binary -in " + folder.file("plain") + " -signer " + folder.file("cert") +
                      " -inkey " + folder.file("key") + " -out " + folder.file("m") + " " + options);
        EXPECT_EQ(made.status, 0) << made.output;
        TRY(const SignedMail mail, readSigned(test::readFile(folder.path() / "m")));
        return verify(mail);
    }
    test::TempDir folder;
    test::Identity alice = test::makeLeaf(test::makeRoot(), "alice@example.org", crypto::KeyType::Rsa);
};

TEST_F(Foreign, EveryFormOfOpensslIsRead) {
    for (const char* options : {"-nodetach", "", "-crlfeol", "-nodetach -outform DER", "-nodetach -outform PEM",
                                "-nodetach -outform DER -stream", "-nodetach -noattr", "-md sha512", "-nodetach -cades",
                                "-nodetach -keyid", "-nodetach -keyopt rsa_padding_mode:pss"}) {
        const auto content = read(options);
        ASSERT_TRUE(content) << options << ": " << content.error().detail;
        EXPECT_EQ(asText(content->content), kEntity) << options;
        EXPECT_EQ(content->signatures.front().signer, alice.certificate);
    }
}

TEST_F(Foreign, WeakOrMissingThingsAreRefused) {
    struct Row {
        const char *options, *reason;
    };
    for (const Row& row : {Row{"-nodetach -md sha1", "weaker"}, Row{"-nodetach -md md5", "weaker"},
                           Row{"-nodetach -nocerts", "no certificate"}, Row{"-outform DER", "detached"},
                           Row{"-nodetach -econtent_type 1.2.3.4", "not a signed"}}) {
        const auto content = read(row.options);
        ASSERT_FALSE(content) << row.options;
        EXPECT_NE(content.error().detail.find(row.reason), std::string::npos) << content.error().detail;
    }
}

// The octets under a signature with attributes, handed over as the content of one without them.
TEST(Verify, TakesNoMessagesAttributesForAContent) {
    const test::Identity alice = test::makeLeaf(test::makeRoot(), "alice@example.org");
    test::TempDir folder;
    test::writeFile(folder.path() / "cert", alice.certificate.pem());
    test::writeFile(folder.path() / "key", alice.key.toPem().value().text());
    const Bytes set{0x31, 0x03, 0x02, 0x01, 0x05};
    test::writeFile(folder.path() / "plain", set);
    const auto made =
        test::run("openssl cms -sign -binary -nodetach -noattr -outform DER -in " + folder.file("plain") + " -signer " +
                  folder.file("cert") + " -inkey " + folder.file("key") + " -out " + folder.file("m"));
    ASSERT_EQ(made.status, 0) << made.output;
    const auto content = verify(readSigned(test::readFile(folder.path() / "m")).value());
    ASSERT_FALSE(content);
    EXPECT_EQ(content.error().kind, ErrorKind::Crypto);
}

TEST(Verify, RefusesWhatIsNotSigned) {
    const test::Identity alice = test::makeLeaf(test::makeRoot(), "alice@example.org");
    const Bytes sealed = encrypt(asBytes("x"), {alice.certificate}, ContentCipher::Aes256Cbc).value();
    EXPECT_EQ(verify({"", sealed, std::nullopt}).error().kind, ErrorKind::Parse);
    EXPECT_EQ(verify({"", toBytes("no DER"), std::nullopt}).error().kind, ErrorKind::Parse);
    const Bytes inside =
        sign(asBytes("x"), {alice.key, {alice.certificate}, std::nullopt}, kNow, SignatureForm::Opaque).value();
    EXPECT_EQ(verify({"", inside, toBytes("x")}).error().kind, ErrorKind::Parse);  // two contents
    for (const char* mail :
         {"", "hello", "Content-Type: text/plain\n\nhello", "Content-Type: multipart/signed\n\nhello",
          "Content-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b\n\ny\n--b--\n"}) {
        EXPECT_EQ(readSigned(mail).error().kind, ErrorKind::Parse) << mail;
    }
}

// What one reader takes for the head's second From is to another the body's first line, or nothing.
TEST(Verify, RefusesAHeadWithABareCr) {
    const test::Identity alice = test::makeLeaf(test::makeRoot(), "alice@example.org");
    const Signer signer{alice.key, {alice.certificate}, std::nullopt};
    const Bytes inside = sign(asBytes(kEntity), signer, kNow, SignatureForm::Opaque).value();
    const Bytes beside = sign(asBytes(kEntity), signer, kNow, SignatureForm::Detached).value();
    for (const std::string& mail :
         {toSmime(inside, SmimeType::SignedData), multipartSigned(kEntity, beside, micalgOf(alice.key))}) {
        EXPECT_TRUE(readSigned("From: alice@example.org\r\n" + mail));
        for (const char* head :
             {"From: alice@example.org\rFrom: eve@example.org\r\n", "Subject: x\r\r\n", "\rFrom: a@b\n"}) {
            const auto read = readSigned(head + mail);
            ASSERT_FALSE(read) << head;
            EXPECT_EQ(read.error().kind, ErrorKind::Parse);
        }
    }
}

// Leaks are seen by the leak sanitizer at the end; many rounds, for a single lost block may still lie on the stack.
TEST(Verify, KeepsNothingOfAMailWithAnUnknownDigest) {
    const test::Identity alice = test::makeLeaf(test::makeRoot(), "alice@example.org");
    const Signer signer{alice.key, {alice.certificate}, std::nullopt};
    Bytes beside = sign(asBytes(kEntity), signer, kNow, SignatureForm::Detached).value();
    const Bytes sha256{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
    const auto digest = std::ranges::search(beside, sha256);
    ASSERT_FALSE(digest.empty());
    digest.back() = 0x7f;
    for (int round = 0; round < 50; ++round) {
        EXPECT_EQ(verify({"", beside, toBytes(kEntity)}).error().kind, ErrorKind::Crypto);
    }
}

TEST(Verify, LivesThroughHostileInput) {
    const test::Identity alice = test::makeLeaf(test::makeRoot(), "alice@example.org");
    const Signer signer{alice.key, {alice.certificate}, alice.certificate};
    const Bytes inside = sign(asBytes(kEntity), signer, kNow, SignatureForm::Opaque).value();
    test::mutate(inside, 1500, [](ByteView variant) {
        const auto read = verify({"", Bytes(variant.begin(), variant.end()), std::nullopt});
        EXPECT_TRUE(!read || asText(read->content) == kEntity);  // a change outside of what is signed
    });
    const Bytes beside = sign(asBytes(kEntity), signer, kNow, SignatureForm::Detached).value();
    test::mutate(toBytes(multipartSigned(kEntity, beside, "sha-256")), 1500, [](ByteView variant) {
        if (const auto mail = readSigned(asText(variant))) (void)verify(*mail);
    });
}

}  // namespace
}  // namespace mailca::cms
