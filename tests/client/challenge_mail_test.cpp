// The challenge mail is told from everything else, and answered as RFC 8823 section 3.2 says.
#include "client/enrollment/challenge_mail.h"

#include <gtest/gtest.h>

#include "core/bytes.h"
#include "tests/client/authority.h"
#include "tests/support/fake_clock.h"

namespace mailca::client {
namespace {

using test::must;

const std::string kToken = "abcdefghijklmnopqrstuvwxyz012345";
const std::string kGood =
    "From: acme@ca.example\r\nTo: alice@example.org\r\nReply-To: acme+1@ca.example\r\nSubject: ACME: " + kToken +
    "\r\nMessage-ID: <m1@ca.example>\r\nAuto-Submitted: auto-generated; type=acme\r\n\r\nHello\r\n";

EmailAddress address(const char* text) {
    return must(EmailAddress::parse(text));
}

std::string with(const std::string& from, const std::string& to) {
    std::string text = kGood;
    text.replace(text.find(from), from.size(), to);
    return text;
}

Result<ChallengeMail> check(const std::string& raw) {
    return checkChallengeMail(must(mail::Message::parse(raw)),
                              {address("alice@example.org"), address("acme@ca.example")});
}

TEST(ChallengeMail, IsFoundWithItsTokenAndWhereToReply) {
    const ChallengeMail mail = must(check(kGood));
    EXPECT_EQ(mail.tokenPart1, kToken);
    EXPECT_EQ(mail.replyTo, address("acme+1@ca.example"));
    EXPECT_EQ(mail.messageId.text(), "<m1@ca.example>");
    EXPECT_EQ(must(check(with("Reply-To: acme+1@ca.example\r\n", ""))).replyTo, address("acme@ca.example"));
    EXPECT_EQ(must(check(with(kToken, "\r\n " + kToken))).tokenPart1, kToken);  // A23
    EXPECT_EQ(must(check(with("ACME: ", "[EXTERNAL] ACME: "))).tokenPart1, kToken);
    EXPECT_EQ(must(check(with("auto-generated; type=acme", "Auto-Generated"))).tokenPart1, kToken);
}

TEST(ChallengeMail, IsToldFromEverythingElse) {
    const std::vector<std::pair<const char*, std::string>> rows{
        {"from", with("From: acme@ca.example", "From: mallory@ca.example")},
        {"from", with("From: acme@ca.example", "From: acme@ca.example, mallory@ca.example")},
        {"from", with("From: acme@ca.example", "From: acme@ca.example\r\nFrom: mallory@ca.example")},
        {"to alice", with("To: alice@example.org", "To: bob@example.org")},
        {"ACME:", with("ACME: ", "Invoice ")},
        {"base64url", with(kToken, kToken + "=")},
        {"128 bits", with(kToken, "abcdefgh")},
        {"Auto-Submitted", with("Auto-Submitted: auto-generated; type=acme\r\n", "")},
        {"Auto-Submitted", with("auto-generated; type=acme", "no")},
        {"Message-ID", with("Message-ID: <m1@ca.example>\r\n", "")},
        {"Reply-To", with("acme+1@ca.example", "a@ca.example, b@ca.example")},
        {"Reply-To", with("acme+1@ca.example", "acme+1@elsewhere.example")},
    };
    for (const auto& [reason, raw] : rows) {
        const auto mail = check(raw);
        ASSERT_FALSE(mail) << reason;
        EXPECT_NE(mail.error().detail.find(reason), std::string::npos) << mail.error().detail;
    }
}

TEST(ChallengeReply, HasTheDigestOfTheVector) {  // A9 (s), A10
    EXPECT_EQ(responseDigest("V4nE8NhYh6edBpfQTg5qqQ", "x6I65YvEk6xC4KV0QMvdJw",
                             "hC4xyXNn8ZDH4yrcp93Zj3qgQs7LyT_GUL45YD7IVMQ"),
              "gtzugYfQ1gO_Pi-ripWZTUtKP_xzPoQe-brDkSOvX5c");
}

TEST(ChallengeReply, IsAMailThatParsesBack) {  // RFC 8823 section 3.2
    const ChallengeMail challenge = must(check(kGood));
    test::SequenceRandom random;
    const test::FakeClock clock;
    const std::string text = must(composeReply(challenge, address("alice@example.org"), "DIGEST", clock.now(), random));
    const mail::Message reply = must(mail::Message::parse(text));
    EXPECT_EQ(reply.from().single(), address("alice@example.org"));
    EXPECT_EQ(reply.to().single(), address("acme+1@ca.example"));
    EXPECT_EQ(reply.subject(), "Re: ACME: " + kToken);
    EXPECT_EQ(reply.field("In-Reply-To"), "<m1@ca.example>");
    EXPECT_TRUE(reply.has("Date") && reply.has("Message-ID"));
    EXPECT_EQ(reply.contentType(), "text/plain");
    EXPECT_EQ(reply.text(), "-----BEGIN ACME RESPONSE-----\nDIGEST\n-----END ACME RESPONSE-----\n");
    EXPECT_EQ(reply.field("Auto-Submitted"), std::nullopt);
}

}  // namespace
}  // namespace mailca::client
