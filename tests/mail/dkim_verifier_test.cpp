#include "mail/dkim_verifier.h"

#include <gtest/gtest.h>

#include "tests/mail/signing_keys.h"
#include "tests/mail/table_resolver.h"
#include "tests/support/fake_clock.h"

namespace mailca::mail {
namespace {

constexpr const char* kName = "ed._domainkey.ca.example";

class DkimVerification : public testing::Test {
 protected:
    DkimVerification() {
        m_mail =
            *m_signer.sign("From: acme@ca.example\r\nTo: a@example.org\r\nSubject: s\r\n\r\nhello\r\n", m_clock.now());
        m_record = m_signer.dnsRecords().front().text;
    }
    DkimResult verify() const { return DkimVerifier(m_resolver, m_clock).verify(*Message::parse(m_mail)).at(0); }
    DkimResult verifyWith(const std::string& record) {
        m_resolver.add(kName, record);
        return verify();
    }

    test::FakeClock m_clock;
    DkimSigner m_signer = test::signerWith({test::KeyKind::Ed25519}, 48h);
    mutable test::TableResolver m_resolver;
    std::string m_mail;
    std::string m_record;
};

TEST_F(DkimVerification, KeepsWhatAnAuditWants) {  // A49
    const DkimResult result = verifyWith(m_record);
    EXPECT_EQ(result.verdict, DkimVerdict::Pass) << result.reason;
    EXPECT_EQ(result.reason, "");
    EXPECT_EQ(result.keyRecord, m_record);
    EXPECT_EQ(result.dnssec, dns::Security::Secure);
    EXPECT_EQ(result.selector, "ed");
    EXPECT_EQ(result.identity, "@ca.example");
}

TEST_F(DkimVerification, ARevokedKeyFails) {  // J6
    EXPECT_EQ(verifyWith("v=DKIM1; k=ed25519; p=").reason, "the key is revoked");
}

TEST_F(DkimVerification, ATestingKeyCountsAsUnsigned) {  // J6
    const DkimResult result = verifyWith(m_record + "; t=y");
    EXPECT_EQ(result.verdict, DkimVerdict::Fail);
    EXPECT_TRUE(result.testingKey);
}

TEST_F(DkimVerification, AKeyOfAnotherTypeFails) {
    EXPECT_EQ(verifyWith("v=DKIM1; p=" + m_record.substr(m_record.find("p=") + 2)).reason,
              "the key is of another type");
}

TEST_F(DkimVerification, GarbageForAKeyFails) {
    for (const char* key : {"AAAA", "!!!!", "MIGf", "A"}) {
        test::TableResolver resolver;
        resolver.add(kName, std::string("v=DKIM1; k=ed25519; p=") + key);
        const DkimResult result = DkimVerifier(resolver, m_clock).verify(*Message::parse(m_mail)).at(0);
        EXPECT_EQ(result.verdict, DkimVerdict::Fail) << key;
        EXPECT_NE(result.reason, "") << key;
    }
}

TEST_F(DkimVerification, AnOversizedKeyFails) {
    EXPECT_EQ(verifyWith("v=DKIM1; k=ed25519; p=" + std::string(5000, 'A')).reason, "the key is too large");
}

TEST_F(DkimVerification, SomebodyElsesKeyFails) {
    const DkimSigner other = test::signerWith({test::KeyKind::Ed25519}, 48h);
    EXPECT_EQ(verifyWith(other.dnsRecords().front().text).verdict, DkimVerdict::Fail);
}

TEST_F(DkimVerification, SeveralRecordsFail) {  // J7
    m_resolver.add(kName, m_record);
    EXPECT_EQ(verifyWith(m_record).verdict, DkimVerdict::Fail);
}

TEST_F(DkimVerification, NoKeyFailsAndNoAnswerIsForLater) {  // J7, A20
    dns::TxtAnswer answer;
    answer.status = dns::Status::NoSuchName;
    m_resolver.set(kName, answer);
    EXPECT_EQ(verify().verdict, DkimVerdict::Fail);
    answer.status = dns::Status::NoData;
    m_resolver.set(kName, answer);
    EXPECT_EQ(verify().verdict, DkimVerdict::Fail);
    answer.status = dns::Status::Failed;
    answer.reason = "SERVFAIL";
    m_resolver.set(kName, answer);
    EXPECT_EQ(verify().verdict, DkimVerdict::TempFail);
    answer.security = dns::Security::Bogus;
    m_resolver.set(kName, answer);
    EXPECT_EQ(verify().verdict, DkimVerdict::TempFail);
    EXPECT_EQ(verify().dnssec, dns::Security::Bogus);
}

TEST_F(DkimVerification, LooksAtEightSignaturesOnly) {  // J8
    m_resolver.add(kName, m_record);
    const std::string field = m_mail.substr(0, m_mail.find("From:"));
    std::string mail;
    for (int i = 0; i < 20; ++i) mail += field;
    const std::vector<DkimResult> results = DkimVerifier(m_resolver, m_clock).verify(*Message::parse(mail + m_mail));
    ASSERT_EQ(results.size(), kMaxDkimSignatures);
    EXPECT_EQ(results[7].verdict, DkimVerdict::Pass);  // the same signature, again and again
    EXPECT_EQ(m_resolver.asked(), 8);
}

TEST_F(DkimVerification, AMalformedSignatureDoesNotHideAGoodOne) {  // A34
    m_resolver.add(kName, m_record);
    for (const char* field :
         {"DKIM-Signature: \xff\r\n", "dkim-signature: v=1; v=1\r\n", "DKIM-Signature:\r\n",
          "DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=x; h=from; bh=AA; b=AA; t=soon\r\n"}) {
        const std::vector<DkimResult> results =
            DkimVerifier(m_resolver, m_clock).verify(*Message::parse(field + m_mail));
        ASSERT_EQ(results.size(), 2U);
        EXPECT_EQ(results[0].verdict, DkimVerdict::Fail);
        EXPECT_EQ(results[1].verdict, DkimVerdict::Pass) << results[1].reason;
    }
}

TEST_F(DkimVerification, WhatIsHeldAgainstASignatureAsksNoDns) {
    m_mail.replace(m_mail.find("bh="), 3, "l=1; bh=");
    const DkimResult result = verify();
    EXPECT_TRUE(result.hasLengthTag);
    EXPECT_EQ(result.verdict, DkimVerdict::Fail);
    EXPECT_EQ(m_resolver.asked(), 0);
}

TEST_F(DkimVerification, OtherDomainsAreNotLookedUpForOneDomain) {
    m_resolver.add(kName, m_record);
    const std::string field = m_mail.substr(0, m_mail.find("From:"));
    std::string others;
    for (int i = 0; i < 5; ++i) {
        std::string other = field;
        other.replace(other.find("d=ca.example"), 12, "d=slow" + std::to_string(i) + ".example");
        others += other;
    }
    const auto results = DkimVerifier(m_resolver, m_clock).verify(*Message::parse(others + m_mail), "ca.example");
    ASSERT_EQ(results.size(), 6U);
    EXPECT_EQ(results[5].verdict, DkimVerdict::Pass) << results[5].reason;
    EXPECT_EQ(m_resolver.asked(), 1) << "the mail's writer does not choose whom we ask";
}

TEST_F(DkimVerification, ADomainThatDoesNotAnswerIsAskedOnce) {
    m_resolver.set(kName, dns::TxtAnswer{});
    const std::string field = m_mail.substr(0, m_mail.find("From:"));
    const auto results =
        DkimVerifier(m_resolver, m_clock).verify(*Message::parse(field + field + m_mail), "ca.example");
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0].verdict, DkimVerdict::TempFail);
    EXPECT_EQ(m_resolver.asked(), 1);
}

TEST_F(DkimVerification, AMailWithoutSignaturesHasNoResults) {
    const Result<Message> message = Message::parse(
        "Authentication-Results: mx.example; dkim=pass header.d=example.org\r\nFrom: a@example.org\r\n\r\n");  // A34,
                                                                                                               // J23
    EXPECT_TRUE(DkimVerifier(m_resolver, m_clock).verify(*message).empty());
}

}  // namespace
}  // namespace mailca::mail
