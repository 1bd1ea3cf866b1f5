// Letters that mailca seals open with openssl and the other way round; who is refused, and which of one's keys opens
// what.
#include <gtest/gtest.h>

#include "tests/client/command_test.h"
#include "tests/support/run.h"

namespace mailca::client {
namespace {

using test::kAlice;
using test::must;

constexpr const char* kText = "Meet me at noon.\r\n";

class EncryptionTest : public test::CommandTest {
 protected:
    x509::Certificate enroll(const crypto::KeySpec& spec, const char* name, HoldingState holdingState) {
        const unsigned usage = spec.type == crypto::KeyType::Rsa ? x509::kKeyEncipherment : x509::kKeyAgreement;
        return hold(spec, usage, name, holdingState);
    }
    EncryptOptions toAlice() { return {{must(EmailAddress::parse(kAlice))}, {}, "", folder.file("letter.p7m")}; }
};

TEST_F(EncryptionTest, OpensslOpensWhatIsSealedForEachLiveCertificate) {
    publish({enroll({crypto::KeyType::Rsa, 3072}, "smime-encrypt-1", HoldingState::Retired),
             enroll({crypto::KeyType::P256}, "smime-encrypt-2", HoldingState::Current)});
    ASSERT_TRUE(run(toAlice(), kText));
    for (const char* name : {"smime-encrypt-1", "smime-encrypt-2"}) {
        const auto opened = test::run("openssl cms -decrypt -in " + folder.file("letter.p7m") + " -recip " +
                                      file(name, ".pem") + " -inkey " + file(name, ".key.pem"));
        EXPECT_EQ(opened.status, 0) << opened.output;
        EXPECT_EQ(opened.output, kText);
    }
    const auto shown = test::run("openssl cms -cmsout -print -noout -in " + folder.file("letter.p7m"));
    EXPECT_NE(shown.output.find("aes-256-cbc"), std::string::npos);
    EXPECT_EQ(must(run(DecryptOptions{folder.file("letter.p7m"), ""})).text, kText);
}

TEST_F(EncryptionTest, ARetiredKeyOpensWhatOpensslSealed) {
    enroll({crypto::KeyType::Rsa, 3072}, "smime-encrypt-1", HoldingState::Retired);
    enroll({crypto::KeyType::P256}, "smime-encrypt-2", HoldingState::Current);
    test::writeFile(folder.path() / "plain", std::string_view(kText));
    const auto sealed = test::run("openssl cms -encrypt -binary -aes256 -in " + folder.file("plain") + " -out " +
                                  folder.file("old.p7m") + " " + file("smime-encrypt-1", ".pem"));
    ASSERT_EQ(sealed.status, 0) << sealed.output;
    EXPECT_EQ(must(run(DecryptOptions{folder.file("old.p7m"), ""})).text, kText);
}

TEST_F(EncryptionTest, AForeignLetterIsRefusedClearly) {
    const auto stranger = test::Authority::newKey();
    publish({authority.encryptionCertificate(stranger.publicKey(), kAlice)});
    ASSERT_TRUE(run(toAlice(), kText));
    const auto noKeys = run(DecryptOptions{folder.file("letter.p7m"), ""});
    EXPECT_NE(noKeys.error().detail.find("no decryption key"), std::string::npos);
    enroll({crypto::KeyType::P256}, "smime-encrypt-2", HoldingState::Current);
    const auto wrong = run(DecryptOptions{folder.file("letter.p7m"), ""});
    EXPECT_NE(wrong.error().detail.find("not encrypted to any"), std::string::npos);
}

TEST_F(EncryptionTest, ASenderWithoutAUsableCertificateIsWarnedAndWritesAllTheSame) {
    constexpr const char* kBob = "bob@example.org";
    publish({authority.encryptionCertificate(test::Authority::newKey().publicKey(), kAlice)});
    const auto revoked = authority.encryptionCertificate(test::Authority::newKey().publicKey(), kBob);
    web.pages[test::kLeafCrlUrl] = authority.leafCrl({{revoked.serial(), clock.now() - 1h, std::nullopt}});
    EncryptOptions options = toAlice();
    options.from = must(EmailAddress::parse(kBob));
    for (const auto& own : {std::vector<x509::Certificate>{}, {revoked}}) {
        publish(own, kBob);
        report.warned.clear();
        const Outcome outcome = must(run(options, kText));
        EXPECT_EQ(outcome.object.array("recipients")->size(), 1u);
        ASSERT_EQ(report.warned.size(), own.size() + 1);
        EXPECT_NE(report.warned.back().find("not be able to read this letter"), std::string::npos);
    }
    web.pages.erase("https://keys.test/v1/mailboxes/bob@example.org?roles=encrypt");
    EXPECT_EQ(run(options, kText).error().kind, ErrorKind::Connection);  // that is no answer about bob
}

TEST_F(EncryptionTest, NothingIsWrittenWhenNobodyCanBeTrusted) {
    publish({});
    EXPECT_NE(run(toAlice(), kText).error().detail.find("no live encryption certificate"), std::string::npos);
    const auto certificate = authority.encryptionCertificate(test::Authority::newKey().publicKey(), kAlice);
    publish({certificate});
    web.pages[test::kLeafCrlUrl] = authority.leafCrl({{certificate.serial(), clock.now() - 1h, std::nullopt}});
    const auto refused = run(toAlice(), kText);
    EXPECT_NE(refused.error().detail.find("revoked"), std::string::npos);
    EXPECT_NE(refused.error().detail.find(certificate.serial().hex()), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "letter.p7m"));
}

}  // namespace
}  // namespace mailca::client
