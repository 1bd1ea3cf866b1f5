#include "bench/load/smtp_dialogue.h"

#include <gtest/gtest.h>

#include <utility>

namespace mailca::bench {
namespace {

struct Mailbox {
    std::vector<std::pair<std::string, std::string>> mails;
    bool takes = true;
    const Deliver deliver = [this](const std::string& recipient, std::string_view mail) {
        if (takes) mails.emplace_back(recipient, mail);
        return takes;
    };
    SmtpDialogue dialogue{deliver};
};

const char* const kEnvelope =
    "EHLO there\r\nMAIL FROM:<acme@ca.example> SIZE=20\r\nRCPT TO:<a@example.org>\r\nDATA\r\n";

std::string codes(const std::string& answers) {
    std::string out;
    for (std::size_t start = 0; start < answers.size(); start = answers.find("\r\n", start) + 2) {
        if (answers[start + 3] == ' ') out += answers.substr(start, 4);
    }
    return out;
}

TEST(SmtpDialogue, DeliversMailsOneAfterTheOther) {
    Mailbox box;
    EXPECT_EQ(codes(box.dialogue.take(kEnvelope)), "250 250 250 354 ");
    EXPECT_EQ(box.dialogue.take("Subject: one\r\n\r\n..dot\r\n.\r\n"), "250 2.0.0 Ok\r\n");
    EXPECT_EQ(
        codes(box.dialogue.take("mail from:<acme@ca.example>\r\nrcpt to:<b@example.net>\r\ndata\r\ntwo\r\n.\r\n")),
        "250 250 354 250 ");
    EXPECT_EQ(codes(box.dialogue.take("QUIT\r\n")), "221 ");
    EXPECT_TRUE(box.dialogue.ended());
    ASSERT_EQ(box.mails.size(), 2u);
    EXPECT_EQ(box.mails[0], std::make_pair(std::string("a@example.org"), std::string("Subject: one\r\n\r\n.dot\r\n")));
    EXPECT_EQ(box.mails[1], std::make_pair(std::string("b@example.net"), std::string("two\r\n")));
}

TEST(SmtpDialogue, OctetByOctetIsTheSame) {
    Mailbox box;
    std::string answers;
    for (const char c : std::string(kEnvelope) + "a\r\n..\r\n\r\n.\r\n") answers += box.dialogue.take({&c, 1});
    EXPECT_EQ(codes(answers), "250 250 250 354 250 ");
    ASSERT_EQ(box.mails.size(), 1u);
    EXPECT_EQ(box.mails[0].second, "a\r\n.\r\n\r\n");
}

TEST(SmtpDialogue, EveryRecipientGetsTheMail) {
    Mailbox box;
    box.dialogue.take("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@x.org>\r\nRCPT TO:<b@x.org>\r\nDATA\r\nm\r\n.\r\n");
    ASSERT_EQ(box.mails.size(), 2u);
    EXPECT_EQ(box.mails[1].first, "b@x.org");
}

TEST(SmtpDialogue, AMailThatIsNotTakenMayComeAgain) {
    Mailbox box;
    box.takes = false;
    box.dialogue.take(kEnvelope);
    EXPECT_EQ(codes(box.dialogue.take("m\r\n.\r\n")), "451 ");
    box.takes = true;
    EXPECT_EQ(codes(box.dialogue.take(std::string(kEnvelope) + "m\r\n.\r\n")), "250 250 250 354 250 ");
}

TEST(SmtpDialogue, OrderAndFormMatter) {
    Mailbox box;
    EXPECT_EQ(
        codes(box.dialogue.take("RCPT TO:<a@x.org>\r\nDATA\r\nMAIL FROM:<b@x.org>\r\nDATA\r\nRCPT TO:nobody\r\n")),
        "503 503 250 503 501 ");
    EXPECT_EQ(codes(box.dialogue.take("RCPT TO:<a@x.org>\r\nRSET\r\nDATA\r\nVRFY x\r\nNOOP\r\n")),
              "250 250 503 500 250 ");
    EXPECT_TRUE(box.mails.empty());
}

TEST(SmtpDialogue, IsBounded) {
    Mailbox line;
    EXPECT_EQ(codes(line.dialogue.take(std::string(SmtpDialogue::kMaxLine + 2, 'x'))), "500 ");
    EXPECT_TRUE(line.dialogue.ended());

    Mailbox mail;
    mail.dialogue.take(kEnvelope);
    std::string answers;
    for (std::size_t sent = 0; sent <= SmtpDialogue::kMaxMail; sent += 102) {
        answers += mail.dialogue.take(std::string(100, 'x') + "\r\n");
    }
    EXPECT_EQ(codes(answers), "552 ");
    EXPECT_TRUE(mail.dialogue.ended() && mail.mails.empty());

    Mailbox crowd;
    crowd.dialogue.take("EHLO x\r\nMAIL FROM:<>\r\n");
    for (std::size_t i = 0; i < SmtpDialogue::kMaxRecipients; ++i) crowd.dialogue.take("RCPT TO:<a@x.org>\r\n");
    EXPECT_EQ(codes(crowd.dialogue.take("RCPT TO:<a@x.org>\r\n")), "452 ");
}

}  // namespace
}  // namespace mailca::bench
