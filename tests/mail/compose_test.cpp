#include "mail/compose.h"

#include <gtest/gtest.h>

#include "tests/support/sequence_random.h"

namespace mailca::mail {
namespace {

EmailAddress address(const char* text) {
    return *EmailAddress::parse(text);
}

Draft challenge() {
    return {.from = address("acme@ca.example"),
            .to = address("alice@example.org"),
            .toAsSent = "",
            .replyTo = address("acme+x1@ca.example"),
            .subject = "ACME: LgYemJLy3F1LDkiJrdIGbEzyFJyOyf6vBdyZ1TG3sME",
            .date = fromUnix(1795435200),
            .messageId = *MessageId::parse("<m1@ca.example>"),
            .inReplyTo = std::nullopt,
            .autoSubmitted = "auto-generated; type=acme",
            .body = "Somebody asked for a certificate.\n.\nBye.\n"};
}

TEST(Compose, WritesTheChallengeMailOctetByOctet) {  // A23-A25, interop 5.4
    const Result<std::string> mail = compose(challenge());
    ASSERT_TRUE(mail) << mail.error().text();
    EXPECT_EQ(*mail,
              "From: acme@ca.example\r\n"
              "To: alice@example.org\r\n"
              "Reply-To: acme+x1@ca.example\r\n"
              "Subject: ACME: LgYemJLy3F1LDkiJrdIGbEzyFJyOyf6vBdyZ1TG3sME\r\n"
              "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
              "Message-ID: <m1@ca.example>\r\n"
              "Auto-Submitted: auto-generated; type=acme\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=us-ascii\r\n"
              "Content-Transfer-Encoding: 7bit\r\n"
              "\r\n"
              "Somebody asked for a certificate.\r\n.\r\nBye.\r\n");
}

TEST(Compose, IsReadBackAsItWasMeant) {
    Draft draft = challenge();
    draft.replyTo.reset();
    draft.inReplyTo = *MessageId::parse("<challenge@ca.example>");
    draft.autoSubmitted.clear();
    const Result<Message> message = Message::parse(*compose(draft));
    ASSERT_TRUE(message) << message.error().text();
    EXPECT_EQ(message->from().single(), draft.from);
    EXPECT_EQ(message->to().single(), draft.to);
    EXPECT_EQ(message->subject(), draft.subject);
    EXPECT_EQ(message->field("Message-ID"), draft.messageId.text());
    EXPECT_EQ(message->field("In-Reply-To"), "<challenge@ca.example>");
    EXPECT_EQ(message->field("References"), "<challenge@ca.example>");
    EXPECT_FALSE(message->has("Reply-To"));
    EXPECT_FALSE(message->has("Auto-Submitted"));
    EXPECT_EQ(message->shape(), Shape::TextPlain);
    EXPECT_EQ(message->text(), draft.body);
}

TEST(Compose, NothingCanBeInjected) {  // H10
    for (const std::string& evil :
         {std::string("x\r\nBcc: m@evil.example"), std::string("x\ny"), std::string("x\ry"), std::string("x\0y", 3),
          std::string("x\x7f"), std::string("\xc3\xa4"), std::string(1000, 'x')}) {
        Draft subject = challenge();
        subject.subject = evil;
        EXPECT_FALSE(compose(subject)) << evil;
        Draft automatic = challenge();
        automatic.autoSubmitted = evil;
        EXPECT_FALSE(compose(automatic)) << evil;
    }
}

TEST(Compose, RefusesABodyThatMailCannotCarryAsItIs) {
    for (const std::string& body : {std::string("no end of line"), std::string("\xc3\xa4\n"), std::string("\0\n", 2),
                                    std::string(999, 'x') + "\n", std::string("\x1b[1m\n")}) {
        Draft draft = challenge();
        draft.body = body;
        EXPECT_FALSE(compose(draft)) << body;
    }
    Draft draft = challenge();
    draft.body = std::string(998, 'x') + "\n\ttab\r\n";
    EXPECT_TRUE(compose(draft));
    draft.body.clear();
    EXPECT_TRUE(compose(draft));
}

TEST(Compose, AMailboxOutsideAsciiIsWrittenInUtf8) {  // H9
    Draft draft = challenge();
    draft.to = address("j\xc3\xb6rg@example.org");
    const Result<std::string> mail = compose(draft);
    ASSERT_TRUE(mail) << mail.error().text();
    EXPECT_NE(mail->find("\r\nTo: j\xc3\xb6rg@example.org\r\n"), std::string::npos);
    EXPECT_EQ(Message::parse(*mail)->to().single(), draft.to);
}

TEST(Compose, ToShowsTheMailboxAsItsOwnerSpellsIt) {  // interop 5.1
    Draft draft = challenge();
    draft.toAsSent = "alice@Example.ORG";
    EXPECT_NE(compose(draft)->find("\r\nTo: alice@Example.ORG\r\n"), std::string::npos);
    for (const char* other :
         {"Alice@example.org", "bob@example.org", "alice@example.org\r\nBcc: m@evil.example", "alice"}) {
        draft.toAsSent = other;
        EXPECT_FALSE(compose(draft)) << other;
    }
}

TEST(MessageId, RandomOnesAreUnguessableAndOurs) {  // A32
    test::SequenceRandom random;
    const MessageId one = MessageId::random(random, address("acme@ca.example"));
    const MessageId two = MessageId::random(random, address("acme@ca.example"));
    EXPECT_NE(one, two);
    EXPECT_EQ(one.text().size(), std::string("<@ca.example>").size() + 32);  // 24 bytes in base64url
    EXPECT_EQ(MessageId::parse(one.text())->text(), one.text());
}

TEST(MessageId, ReadsOneIdAndNothingElse) {
    EXPECT_EQ(MessageId::parse("  <a.b+c@d>\t")->text(), "<a.b+c@d>");
    for (const std::string& text :
         {std::string(), std::string("a@b"), std::string("<a>"), std::string("<@b>"), std::string("<a@>"),
          std::string("<a@b> <c@d>"), std::string("<a b@c>"), std::string("<a@b><c@d>"), std::string("<a\0@b>", 6),
          std::string("<\xc3\xa4@b>"), "<" + std::string(300, 'a') + "@b>"}) {
        EXPECT_FALSE(MessageId::parse(text)) << text;
    }
}

}  // namespace
}  // namespace mailca::mail
