// RFC 2033 from the server's side, octet by octet.
#include "mail/lmtp_session.h"

#include <gtest/gtest.h>

namespace mailca::mail {
namespace {

const std::string kStart = "LHLO mx.example.org\r\nMAIL FROM:<alice@example.org>\r\nRCPT TO:<acme@ca.example>\r\n";

class Lmtp : public testing::Test {
 protected:
    // The last reply, without its line end.
    std::string last(const std::string& octets) {
        m_said = m_session.take(octets);
        const std::string text = m_said.substr(0, m_said.size() - std::min<std::size_t>(m_said.size(), 2));
        const std::size_t before = text.rfind("\r\n");
        return before == std::string::npos ? text : text.substr(before + 2);
    }
    std::string codeOf(const std::string& octets) { return last(octets).substr(0, 3); }

    std::string m_said;
    std::vector<std::string> m_mails;
    std::vector<Envelope> m_envelopes;
    bool m_full = false;
    LmtpSession m_session{"ca.example", [this](const Envelope& envelope, std::string_view mail) -> Result<void> {
                              if (m_full) return fail(ErrorKind::Io, "no space left on device");
                              m_envelopes.push_back(envelope);
                              m_mails.emplace_back(mail);
                              return {};
                          }};
};

TEST_F(Lmtp, TakesAMailAndAnswersForEveryRecipient) {
    EXPECT_EQ(m_session.greeting(), "220 ca.example LMTP\r\n");
    EXPECT_EQ(codeOf(kStart + "RCPT TO:<acme+1@CA.example>\r\nRCPT TO:<x@elsewhere.example>\r\nDATA\r\n"), "354");
    EXPECT_NE(m_said.find("550 5.1.2"), std::string::npos);
    EXPECT_EQ(m_session.take("Subject: s\r\n\r\n..one dot\r\n.\r\n"), "250 2.0.0 kept\r\n250 2.0.0 kept\r\n");
    ASSERT_EQ(m_mails, std::vector<std::string>{"Subject: s\r\n\r\n.one dot\r\n"});
    EXPECT_EQ(m_envelopes[0].sender, "alice@example.org");
    EXPECT_EQ(m_envelopes[0].recipients[1].text(), "acme+1@ca.example");
    EXPECT_EQ(last("QUIT\r\n"), "221 2.0.0 ca.example");
    EXPECT_TRUE(m_session.ended());
}

TEST_F(Lmtp, TellsWhatItCan) {
    last("lhlo x\r\n");
    for (const char* offer : {"250-PIPELINING\r\n", "250-8BITMIME\r\n", "250-SMTPUTF8\r\n", "250 SIZE 204800\r\n",
                              "250-ENHANCEDSTATUSCODES\r\n"}) {
        EXPECT_NE(m_said.find(offer), std::string::npos) << offer;
    }
}

TEST_F(Lmtp, DoesNotMindHowTheOctetsCome) {
    const std::string all =
        kStart + "DATA\r\na: b\r\n\r\n.x\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<a@ca.example>\r\nDATA\r\n.\r\nQUIT\r\n";
    std::string replies;
    for (const char octet : all) replies += m_session.take({&octet, 1});
    LmtpSession other("ca.example", [](const Envelope&, std::string_view) -> Result<void> { return {}; });
    EXPECT_EQ(replies, other.take(all));
    EXPECT_EQ(m_mails, (std::vector<std::string>{"a: b\r\n\r\nx\r\n", ""}));
    EXPECT_EQ(m_envelopes[1].sender, "");
}

TEST_F(Lmtp, ABareLineEndEndsNothing) {  // H10: SMTP smuggling
    last(kStart + "DATA\r\n");
    for (const char* end : {"a\n.\n", "b\r\n.\n", "c\n.\r\n", "d\r.\r", "e\r\n.\r"})
        EXPECT_EQ(m_session.take(end), "") << end;
    EXPECT_EQ(codeOf("\r\n.\r\n"), "250");
    EXPECT_EQ(m_mails.size(), 1U);
    EXPECT_EQ(codeOf("NOOP\nNOOP\r\n"), "501");
}

TEST_F(Lmtp, SaysThatAMailIsNotKept) {
    m_full = true;
    EXPECT_EQ(codeOf(kStart + "DATA\r\na: b\r\n.\r\n"), "451");
    m_full = false;
    EXPECT_EQ(codeOf(kStart + "DATA\r\na: b\r\n.\r\n"), "250");
}

TEST_F(Lmtp, BoundsAMailAndGoesOn) {
    EXPECT_EQ(codeOf("LHLO x\r\nMAIL FROM:<a@b.example> SIZE=204801\r\n"), "552");
    EXPECT_EQ(codeOf(kStart + "DATA\r\n"), "354");
    for (int i = 0; i < 100; ++i) EXPECT_EQ(m_session.take(std::string(65536, 'x')), "");
    EXPECT_EQ(codeOf("\r\n.\r\n"), "552");
    EXPECT_EQ(codeOf(kStart + "DATA\r\n" + std::string(kMaxLmtpMail - 2, 'x') + "\r\n.\r\n"), "250");
    EXPECT_EQ(codeOf(kStart + "DATA\r\n" + std::string(kMaxLmtpMail - 1, 'x') + "\r\n.\r\n"), "552");
    std::string dots;
    while (dots.size() + 3 <= kMaxLmtpMail) dots += ".\r\n";
    std::string stuffed;
    for (std::size_t i = 0; i < dots.size(); i += 3) stuffed += "..\r\n";
    EXPECT_EQ(codeOf(kStart + "DATA\r\n" + stuffed + ".\r\n"), "250");
    EXPECT_EQ(m_mails.back(), dots);
}

TEST_F(Lmtp, BoundsALineAndARecipientList) {
    EXPECT_EQ(m_session.take(std::string(1 << 20, 'x')), "");
    EXPECT_EQ(codeOf("\r\n"), "500");
    last(kStart);
    for (std::size_t i = 1; i < kMaxLmtpRecipients; ++i) EXPECT_EQ(codeOf("RCPT TO:<acme@ca.example>\r\n"), "250");
    EXPECT_EQ(codeOf("RCPT TO:<acme@ca.example>\r\n"), "452");
}

TEST_F(Lmtp, HangsUpOnNonsense) {
    for (int i = 1; i < kMaxLmtpMistakes; ++i) EXPECT_EQ(codeOf("?\r\n"), "500");
    EXPECT_EQ(codeOf("?\r\n"), "421");
    EXPECT_TRUE(m_session.ended());
    EXPECT_EQ(m_session.take("NOOP\r\n"), "");
}

TEST_F(Lmtp, TakesMailboxesOutsideAsciiWhenTold) {  // H9, RFC 6531
    const std::string joerg = "j\xc3\xb6rg@ca.example";
    EXPECT_EQ(codeOf("LHLO x\r\nMAIL FROM:<" + joerg + ">\r\n"), "553");
    EXPECT_EQ(codeOf("MAIL FROM:<a@example.org>\r\nRCPT TO:<" + joerg + ">\r\n"), "553");
    EXPECT_EQ(codeOf("RSET\r\nMAIL FROM:<" + joerg + "> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<" + joerg + ">\r\n"), "250");
    EXPECT_EQ(codeOf("RCPT TO:<\xff@ca.example>\r\n"), "550");
}

struct Row {
    const char* said;
    const char* code;
};
class Commands : public Lmtp, public testing::WithParamInterface<Row> {};
TEST_P(Commands, GetTheirReply) {
    EXPECT_EQ(codeOf(GetParam().said), GetParam().code) << GetParam().said;
    EXPECT_TRUE(m_mails.empty());
}
INSTANTIATE_TEST_SUITE_P(
    Rows, Commands,
    testing::Values(Row{"EHLO x\r\n", "500"}, Row{"HELO x\r\n", "500"},  // RFC 2033 section 4.1
                    Row{"LHLO\r\n", "501"}, Row{"MAIL FROM:<a@b.example>\r\n", "503"},
                    Row{"LHLO x\r\nRCPT TO:<a@ca.example>\r\n", "503"}, Row{"LHLO x\r\nDATA\r\n", "503"},
                    Row{"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n", "503"},
                    Row{"LHLO x\r\nMAIL FROM:<>\r\nMAIL FROM:<>\r\n", "503"},
                    Row{"LHLO x\r\nMAIL FROM:a@b.example\r\n", "501"}, Row{"LHLO x\r\nMAIL FROM:<a\r\n", "501"},
                    Row{"LHLO x\r\nMAIL\r\n", "501"}, Row{"LHLO x\r\nMAIL FROM:\r\n", "501"},
                    Row{"LHLO x\r\nMAIL FROM:<>x\r\n", "501"}, Row{"LHLO x\r\nMAIL FROM: <> SIZE=1\r\n", "250"},
                    Row{"LHLO x\r\nMAIL FROM:<> SIZE=x\r\n", "501"}, Row{"LHLO x\r\nMAIL FROM:<> AUTH=y\r\n", "555"},
                    Row{"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@ca.example> NOTIFY=NEVER\r\n", "555"},
                    Row{"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@ca.example>\r\nDATA x\r\n", "501"},
                    Row{"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<\"a\"@ca.example>\r\n", "550"},
                    Row{"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster>\r\n", "550"},
                    Row{"LHLO x\r\nMAIL FROM:<>\r\nRSET\r\nRCPT TO:<a@ca.example>\r\n", "503"},
                    Row{"LHLO x\r\nMAIL FROM:<>\r\nLHLO x\r\nRCPT TO:<a@ca.example>\r\n", "503"},
                    Row{"NOOP\r\n", "250"}, Row{"VRFY a\r\n", "252"}, Row{"\r\n", "500"}, Row{"STARTTLS\r\n", "500"}));

}  // namespace
}  // namespace mailca::mail
