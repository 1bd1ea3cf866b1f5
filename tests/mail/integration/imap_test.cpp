// Mail in, from Dovecot's own IMAP code.
#include "mail/imap.h"

#include <gtest/gtest.h>

#include "mail/message.h"
#include "tests/support/imap_server.h"

namespace mailca::mail {
namespace {

namespace fs = std::filesystem;

class ImapInboxTest : public testing::Test {
 protected:
    ImapInboxTest() {
        m_server.put("1.a", "Subject: lunch\r\n\r\nno\r\n");
        m_server.put("2.b", "Subject: ACME: one\r\n\r\nfirst\r\n");
        m_server.put("3.c", "Subject: Re: acme: two\r\n\r\nsecond\r\n");
        m_server.start();
    }
    std::shared_ptr<const ServerOptions> server() const { return m_server.server(); }
    Time yesterday() const { return SystemClock().now() - 24h; }

    test::ImapServer m_server;
};

TEST_F(ImapInboxTest, FindsMailsBySubjectAndReadsThem) {
    ImapInbox inbox(server());
    const auto found = inbox.find(yesterday(), "ACME:");
    ASSERT_TRUE(found) << found.error().text();
    ASSERT_EQ(found->size(), 2U);
    const auto raw = inbox.read(found->front());
    ASSERT_TRUE(raw) << raw.error().text();
    EXPECT_EQ(*raw, "From: acme@ca.example\r\nSubject: ACME: one\r\n\r\nfirst\r\n");
    EXPECT_EQ(*inbox.read(found->back()), "From: acme@ca.example\r\nSubject: Re: acme: two\r\n\r\nsecond\r\n");
}

TEST_F(ImapInboxTest, SeesWhatComesWhileItIsOpen) {
    ImapInbox inbox(server());
    ASSERT_EQ(inbox.find(yesterday(), "ACME:")->size(), 2U);
    m_server.put("4.d", "Subject: ACME: three\r\n\r\nthird\r\n");
    const auto found = inbox.find(yesterday(), "ACME:");
    ASSERT_EQ(found->size(), 3U);
    EXPECT_NE(inbox.read(found->back())->find("third"), std::string::npos);
}

TEST_F(ImapInboxTest, FindsNothingWhereNothingIs) {
    ImapInbox inbox(server());
    EXPECT_TRUE(inbox.find(yesterday(), "no such subject")->empty());
    EXPECT_TRUE(inbox.find(SystemClock().now() + 24h * 7, "ACME:")->empty());
}

TEST_F(ImapInboxTest, FindsWhatStandsBehindAMail) {
    ImapInbox inbox(server());
    const auto all = inbox.behind("", yesterday());
    ASSERT_TRUE(all) << all.error().text();
    ASSERT_EQ(all->size(), 3U);
    EXPECT_EQ(*inbox.behind(all->at(1), yesterday()), std::vector{all->at(2)});
    EXPECT_TRUE(inbox.behind(all->back(), yesterday())->empty()) << "the last one is not behind itself";
    EXPECT_TRUE(inbox.behind("", SystemClock().now() + 24h * 7)->empty());
    m_server.put("4.d", "Subject: ACME: three\r\n\r\nthird\r\n");
    EXPECT_EQ(inbox.behind(all->back(), yesterday())->size(), 1U);
    EXPECT_EQ(inbox.behind("1:*", yesterday()).error().kind, ErrorKind::Malformed);
}

TEST_F(ImapInboxTest, ItsIdsAreGoodForOneMailbox) {
    ImapInbox inbox(server());
    const auto validity = inbox.validity();
    ASSERT_TRUE(validity) << validity.error().text();
    EXPECT_EQ(*inbox.validity(), *validity);
}

TEST_F(ImapInboxTest, MarksSeen) {
    ImapInbox inbox(server());
    const auto found = inbox.find(yesterday(), "ACME: one");
    ASSERT_EQ(found->size(), 1U);
    ASSERT_TRUE(inbox.markSeen(found->front()));
    EXPECT_TRUE(fs::exists(m_server.maildir() / "cur/2.b:2,S"));
    EXPECT_TRUE(inbox.markSeen(found->front()));
}

TEST_F(ImapInboxTest, AMailThatIsGoneIsNotFound) {
    ImapInbox inbox(server());
    const auto raw = inbox.read("4711");
    ASSERT_FALSE(raw.has_value());
    EXPECT_EQ(raw.error().kind, ErrorKind::NotFound) << raw.error().text();
}

TEST_F(ImapInboxTest, AnOversizedMailIsRefused) {
    m_server.put("4.d", "Subject: ACME: large\r\n\r\n" + std::string(kMaxMessageBytes, 'x') + "\r\n");
    ImapInbox inbox(server());
    const auto found = inbox.find(yesterday(), "ACME: large");
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(inbox.read(found->front()).error().kind, ErrorKind::Parse);
    EXPECT_EQ(inbox.find(yesterday(), "ACME:")->size(), 3U);  // the inbox still works
}

TEST_F(ImapInboxTest, NothingCanBeInjectedIntoACommand) {  // H10
    ImapInbox inbox(server());
    for (const char* subject : {"a\" DELETED \"", "a\r\nb EXPUNGE", "a\\", "\xc3\xa4"}) {
        EXPECT_EQ(inbox.find(yesterday(), subject).error().kind, ErrorKind::Malformed) << subject;
    }
    for (const char* id : {"", "1 2", "1;MAILINDEX=2", "*", "1\r\nx", "12345678901"}) {
        EXPECT_EQ(inbox.read(id).error().kind, ErrorKind::Malformed) << id;
        EXPECT_EQ(inbox.markSeen(id).error().kind, ErrorKind::Malformed) << id;
    }
}

TEST(ImapInbox, NobodyThereIsAnIoError) {
    EXPECT_EQ(ImapInbox(test::serverAt(test::freePort())).find(fromUnix(0), "ACME:").error().kind, ErrorKind::Io);
}

}  // namespace
}  // namespace mailca::mail
