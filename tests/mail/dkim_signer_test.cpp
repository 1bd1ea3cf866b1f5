#include "mail/dkim_signer.h"

#include <gtest/gtest.h>

#include "core/crypto/key.h"
#include "mail/dkim_verifier.h"
#include "tests/mail/signing_keys.h"
#include "tests/mail/table_resolver.h"
#include "tests/support/fake_clock.h"

namespace mailca::mail {
namespace {

const Time kNow = fromUnix(1795435200);
constexpr seconds kLifetime = 48h;

const std::string kMail =
    "From: acme@ca.example\r\nTo: alice@example.org\r\nSubject: ACME: abc\r\nDate: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
    "Message-ID: <m1@ca.example>\r\nAuto-Submitted: auto-generated; type=acme\r\nContent-Type: "
    "text/plain\r\n\r\nhello\r\n";

std::string signedMail(const DkimSigner& signer) {
    Result<std::string> mail = signer.sign(kMail, kNow);
    if (!mail) throw std::runtime_error(mail.error().text());
    return std::move(*mail);
}

std::vector<DkimResult> verified(const DkimSigner& signer, const std::string& mail, Time when = kNow) {
    test::TableResolver resolver;
    for (const DkimSigner::DnsRecord& record : signer.dnsRecords()) resolver.add(record.name, record.text);
    const test::FakeClock clock(when);
    return DkimVerifier(resolver, clock).verify(*Message::parse(mail));
}

TEST(DkimSigner, SignsWithRsaFirstAndEd25519After) {  // J11, interop 5.1
    const DkimSigner signer = test::signerWith({test::KeyKind::Ed25519, test::KeyKind::Rsa2048}, kLifetime);
    const std::vector<DkimResult> results = verified(signer, signedMail(signer));
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[0].verdict, DkimVerdict::Pass) << results[0].reason;
    EXPECT_EQ(results[0].algorithm, "rsa-sha256");
    EXPECT_EQ(results[0].keyBits, 2048U);
    EXPECT_EQ(results[1].verdict, DkimVerdict::Pass) << results[1].reason;
    EXPECT_EQ(results[1].algorithm, "ed25519-sha256");
    EXPECT_EQ(results[0].domain, "ca.example");  // A29
}

TEST(DkimSigner, NamesEveryHeaderOfTheRfcOnOneLine) {  // A27, A28, interop 5.1 and 5.4
    const DkimSigner signer = test::signerWith({test::KeyKind::Ed25519}, kLifetime);
    const std::string mail = signedMail(signer);
    const std::string field = mail.substr(0, mail.find("From:"));
    EXPECT_NE(
        field.find(
            "\r\n\th=from:sender:reply-to:to:cc:subject:date:in-reply-to:references:message-id:auto-submitted:"
            "content-type:content-transfer-encoding:resent-date:resent-from:resent-to:resent-cc:list-id:list-help:"
            "list-unsubscribe:list-subscribe:list-post:list-owner:list-archive:list-unsubscribe-post:"
            "from:to:subject;\r\n"),
        std::string::npos)
        << field;
    EXPECT_NE(field.find(" c=relaxed/relaxed; d=ca.example; s=ed;"), std::string::npos);
    EXPECT_NE(field.find("\tt=1795435200; x=1795608000; "), std::string::npos);
    EXPECT_EQ(field.find("l="), std::string::npos);
    EXPECT_FALSE(field.ends_with(";\r\n"));
    EXPECT_TRUE(mail.ends_with(kMail));
}

TEST(DkimSigner, WhatIsAddedLaterBreaksTheSignature) {  // oversigning and absent fields signed as empty
    const DkimSigner signer = test::signerWith({test::KeyKind::Ed25519}, kLifetime);
    const std::string mail = signedMail(signer);
    for (const char* field :
         {"From: m@evil.example", "To: m@evil.example", "Subject: other", "Reply-To: m@evil.example",
          "Cc: m@evil.example", "List-Id: x", "Sender: m@evil.example", "In-Reply-To: <x@y>"}) {
        EXPECT_EQ(verified(signer, std::string(field) + "\r\n" + mail)[0].verdict, DkimVerdict::Fail) << field;
    }
    EXPECT_EQ(verified(signer, "Received: by mx\r\n" + mail)[0].verdict, DkimVerdict::Pass);
    EXPECT_EQ(verified(signer, mail + "\r\n\r\n")[0].verdict,
              DkimVerdict::Pass);  // empty lines at the end do not count
    EXPECT_EQ(verified(signer, mail + "x\r\n")[0].verdict, DkimVerdict::Fail);
}

TEST(DkimSigner, ItsSignatureExpires) {
    const DkimSigner signer = test::signerWith({test::KeyKind::Ed25519}, kLifetime);
    const std::string mail = signedMail(signer);
    EXPECT_EQ(verified(signer, mail, kNow + kLifetime)[0].verdict, DkimVerdict::Pass);
    EXPECT_EQ(verified(signer, mail, kNow + kLifetime + 1s)[0].reason, "expired");
    EXPECT_EQ(verified(signer, mail, kNow - 1h - 1s)[0].reason, "signed in the future");
}

TEST(DkimSigner, RelaxedCanonicalizationSurvivesARelay) {
    const DkimSigner signer = test::signerWith({test::KeyKind::Ed25519}, kLifetime);
    std::string mail =
        *signer.sign("From:  acme@ca.example \r\nsubject: ACME:\r\n\t abc\r\n\r\n \r\nhel  lo \t\r\n\r\n\r\n", kNow);
    EXPECT_EQ(verified(signer, mail)[0].verdict, DkimVerdict::Pass);
    mail.replace(mail.find("ACME:\r\n\t abc"), 12, "ACME:  abc");
    mail.replace(mail.find("hel  lo \t"), 9, "hel\tlo");
    EXPECT_EQ(verified(signer, mail)[0].verdict, DkimVerdict::Pass) << mail;
}

TEST(DkimSigner, SignsAnEmptyBodyAndOneWithoutItsLastLineEnd) {
    const DkimSigner signer = test::signerWith({test::KeyKind::Ed25519}, kLifetime);
    for (const char* body : {"", "\r\n", "x", "x\r\n\r\n", "\r\n\r\nx"}) {
        const std::string mail = *signer.sign(std::string("From: acme@ca.example\r\n\r\n") + body, kNow);
        EXPECT_EQ(verified(signer, mail)[0].verdict, DkimVerdict::Pass) << body;
    }
}

TEST(DkimSigner, SignsOnlyWhatComesFromItsDomain) {  // A29
    const DkimSigner signer = test::signerWith({test::KeyKind::Ed25519}, kLifetime);
    for (const char* mail :
         {"From: acme@example.org\r\n\r\n", "From: acme@sub.ca.example\r\n\r\n", "To: a@ca.example\r\n\r\n",
          "From: a@ca.example\r\nFrom: b@ca.example\r\n\r\n", "From: acme@ca.example\n\nLF\n", ""}) {
        EXPECT_FALSE(signer.sign(mail, kNow)) << mail;
    }
}

TEST(DkimSigner, RefusesKeysThatNobodyWouldAccept) {
    const auto refused = [](std::string domain, std::string selector, Secret pem) {
        std::vector<DkimKey> keys;
        keys.push_back({std::move(domain), std::move(selector), std::move(pem)});
        const auto signer = DkimSigner::create(std::move(keys), kLifetime);
        return !signer && signer.error().kind == ErrorKind::Config;
    };
    EXPECT_TRUE(refused("ca.example", "s", test::pemOf({crypto::KeyType::Rsa, 1024})));
    EXPECT_TRUE(refused("ca.example", "s", test::pemOf({crypto::KeyType::P256, 0})));
    EXPECT_TRUE(refused("ca.example", "s", Secret::copyOf(asBytes("no key"))));
    EXPECT_TRUE(refused("ca example", "s", test::pemOf({crypto::KeyType::Ed25519, 0})));
    EXPECT_TRUE(refused("example", "s", test::pemOf({crypto::KeyType::Ed25519, 0})));
    EXPECT_TRUE(refused("ca.example", "", test::pemOf({crypto::KeyType::Ed25519, 0})));
    EXPECT_FALSE(refused("ca.example", "s", test::pemOf({crypto::KeyType::Ed25519, 0})));
    EXPECT_FALSE(DkimSigner::create({}, kLifetime));
}

TEST(DkimSigner, AllItsKeysAreOfOneDomain) {
    std::vector<DkimKey> keys;
    keys.push_back({"ca.example", "a", test::pemOf({crypto::KeyType::Ed25519, 0})});
    keys.push_back({"other.example", "b", test::pemOf({crypto::KeyType::Ed25519, 0})});
    EXPECT_FALSE(DkimSigner::create(std::move(keys), kLifetime));
}

}  // namespace
}  // namespace mailca::mail
