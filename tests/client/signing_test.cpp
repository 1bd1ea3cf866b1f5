// sign and verify: which key signs, whose signature is believed, and what a refusal says.
#include <gtest/gtest.h>

#include "tests/client/command_test.h"

namespace mailca::client {
namespace {

using test::kAlice;
using test::must;

constexpr const char* kText = "Meet me at noon.\r\n";
constexpr crypto::KeySpec kP256{crypto::KeyType::P256, 0};

class SigningTest : public test::CommandTest {
 protected:
    std::string sign(const std::string& text, cms::SignatureForm form = cms::SignatureForm::Detached) {
        return must(run(SignOptions{std::nullopt, form, "", ""}, text)).text;
    }
    Result<Outcome> verify(const std::string& letter, const char* from = nullptr) {
        return run(
            VerifyOptions{from == nullptr ? std::nullopt : std::optional(must(EmailAddress::parse(from))), "", ""},
            letter);
    }
    std::string refusal(const std::string& letter, const char* from = nullptr) {
        const auto outcome = verify(letter, from);
        return outcome ? "" : outcome.error().detail;
    }
    x509::Certificate holdSigning(const test::Authority::Change& change = {}) {
        return hold(kP256, x509::kDigitalSignature, "smime-sign-1", HoldingState::Current, change);
    }
};

TEST_F(SigningTest, WhatIsSignedIsVerifiedWithItsFrom) {
    const auto own = holdSigning();
    for (const auto form : {cms::SignatureForm::Detached, cms::SignatureForm::Opaque}) {
        const Outcome outcome = must(verify("From: Alice <alice@example.org>\r\n" + sign(kText, form)));
        EXPECT_TRUE(outcome.text.ends_with(kText)) << outcome.text;
        EXPECT_EQ(outcome.code, ExitCode::Done);
        EXPECT_EQ(outcome.object.string("mailbox"), kAlice);
        EXPECT_EQ(outcome.object.string("serial"), own.serial().hex());
        EXPECT_EQ(outcome.object.string("signedAt"), toRfc3339(clock.now()));
        EXPECT_TRUE(report.warned.empty());
    }
}

TEST_F(SigningTest, SomebodyElsesFromIsRefused) {
    holdSigning();
    const std::string letter = sign(kText);
    EXPECT_NE(refusal("From: mallory@example.org\r\n" + letter).find("does not name mallory"), std::string::npos);
    EXPECT_NE(refusal(letter, "mallory@example.org").find("does not name mallory"), std::string::npos);
    EXPECT_NE(refusal("From: alice@example.org, mallory@example.org\r\n" + letter).find("--from"), std::string::npos);
    EXPECT_EQ(refusal("From: mallory@example.org\r\n" + letter, kAlice), "");  // --from decides
}

TEST_F(SigningTest, WithoutAnyFromTheSignerIsToldWithAWarning) {
    holdSigning();
    EXPECT_EQ(must(verify(sign(kText))).object.string("mailbox"), kAlice);
    ASSERT_EQ(report.warned.size(), 1u);
    EXPECT_NE(report.warned.front().find("--from"), std::string::npos);
}

TEST_F(SigningTest, AChangedLetterAndARevokedSignerAreRefused) {
    const auto own = holdSigning();
    std::string letter = sign(kText);
    const std::string good = letter;
    letter.replace(letter.find("noon"), 4, "dusk");
    EXPECT_NE(refusal(letter, kAlice).find("was changed"), std::string::npos);
    web.pages[test::kLeafCrlUrl] = authority.leafCrl({{own.serial(), clock.now() - 30min, std::nullopt}});
    EXPECT_NE(refusal(good, kAlice).find("revoked"), std::string::npos);
    web.pages.erase(test::kLeafCrlUrl);
    EXPECT_NE(refusal(good, kAlice).find("cannot be told"), std::string::npos);
}

TEST_F(SigningTest, TheSignersCertificateIsJudgedAtTheTimeOfSigning) {
    const auto own = holdSigning([&](auto& f) { f.notAfter = clock.now() + 1h; });
    const std::string letter = sign(kText);
    clock.advance(2h);
    const Outcome late = must(verify(letter, kAlice));  // good then; whether revoked since, nobody tells
    EXPECT_EQ(late.code, ExitCode::Warning);
    ASSERT_EQ(report.warned.size(), 1u);
    EXPECT_NE(report.warned.front().find("expired"), std::string::npos);
    clock.set(own.notBefore() - 24h);
    EXPECT_NE(refusal(letter, kAlice).find("still to come"), std::string::npos);
}

TEST_F(SigningTest, OnlyASigningCertificateOfThePinnedRootsCounts) {
    hold(kP256, x509::kDigitalSignature, "smime-sign-1", HoldingState::Current, [](auto& f) {
        f.keyUsage = x509::kKeyAgreement | x509::kDigitalSignature;
        f.extendedKeyUsage.push_back(std::string(x509::oid::kCodeSigning));
    });
    EXPECT_EQ(refusal(sign(kText), kAlice), "");  // a dual one
    const test::Authority stranger(clock.now(), 2);
    web.pages["https://keys.test/v1/roots"] = stranger.root().pem();
    std::filesystem::remove(folder.path() / "state/roots.pem");
    EXPECT_NE(refusal(sign(kText), kAlice).find("cannot be trusted"), std::string::npos);
}

TEST_F(SigningTest, AKeyThatMayOnlyEncryptNeitherSignsNorIsBelieved) {
    hold(kP256, x509::kKeyAgreement, "smime-encrypt-1");
    const auto outcome = run(SignOptions{std::nullopt, cms::SignatureForm::Detached, "", ""}, kText);
    EXPECT_NE(outcome.error().detail.find("no signing certificate"), std::string::npos);
    const auto key = test::Authority::newKey();
    const auto wrong = authority.encryptionCertificate(key.publicKey(), kAlice);
    const Bytes forged =
        must(cms::sign(asBytes(kText), {key, {wrong}, std::nullopt}, clock.now(), cms::SignatureForm::Opaque));
    EXPECT_NE(refusal(cms::toSmime(forged, cms::SmimeType::SignedData), kAlice).find("key usage"), std::string::npos);
}

TEST_F(SigningTest, TheNewestCertificateThatIsValidNowSigns) {
    holdSigning();
    hold(kP256, x509::kDigitalSignature, "smime-sign-2", HoldingState::Retired);
    const auto newest = hold({crypto::KeyType::Rsa, 2048}, x509::kDigitalSignature, "smime-sign-3");
    hold(kP256, x509::kDigitalSignature, "smime-sign-4", HoldingState::Current,
         [&](auto& f) { f.notAfter = clock.now() - 1s; });
    hold(kP256, x509::kDigitalSignature, "timestamp-5", HoldingState::Current,
         [](auto& f) { f.extendedKeyUsage = {std::string(x509::oid::kTimeStamping)}; });
    EXPECT_EQ(must(verify(sign(kText), kAlice)).object.string("serial"), newest.serial().hex());
}

TEST_F(SigningTest, NobodyEnrolledIsSaidSo) {
    const auto outcome = run(SignOptions{std::nullopt, cms::SignatureForm::Detached, "", ""}, kText);
    EXPECT_NE(outcome.error().detail.find("mailca enroll"), std::string::npos);
}

TEST_F(SigningTest, SignedThenEncryptedIsDecryptedThenVerified) {
    holdSigning();
    const auto encryption = hold({crypto::KeyType::Rsa, 2048}, x509::kKeyEncipherment, "smime-encrypt-1");
    publish({encryption});
    const std::string letter =
        must(run(EncryptOptions{{must(EmailAddress::parse(kAlice))}, {}, "", ""}, sign(kText))).text;
    EXPECT_EQ(letter.find("noon"), std::string::npos);
    const std::string opened = must(run(DecryptOptions{"", ""}, letter)).text;
    EXPECT_TRUE(must(verify(opened, kAlice)).text.ends_with(kText));
}

}  // namespace
}  // namespace mailca::client
