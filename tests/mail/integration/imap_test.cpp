// Mail in, from Dovecot's own IMAP code.
#include "mail/imap.h"

#include <gtest/gtest.h>

#include "mail/message.h"
#include "tests/support/files.h"
#include "tests/support/loopback.h"
#include "tests/support/run.h"

namespace mailca::mail {
namespace {

namespace fs = std::filesystem;

class ImapInboxTest : public testing::Test {
 protected:
    ImapInboxTest() : m_port(test::freePort()) {
        put("1.a", "Subject: lunch\r\n\r\nno\r\n");
        put("2.b", "Subject: ACME: one\r\n\r\nfirst\r\n");
        put("3.c", "Subject: Re: acme: two\r\n\r\nsecond\r\n");
        test::run(std::string(MAILCA_SOURCE_DIR) + "/tests/mail/integration/imap_server " + std::to_string(m_port) +
                  " " + m_folder.path().string() + " > " + m_folder.file("server.log") + " 2>&1 &");
        test::waitForPort(m_port, m_folder.file("server.log"));
    }
    ~ImapInboxTest() override { test::stopByPidFile(m_folder.file("pid")); }

    void put(const std::string& name, const std::string& mail) const {
        fs::create_directories(m_folder.path() / "Maildir/new");
        test::writeFile(m_folder.path() / "Maildir/new" / name, "From: acme@ca.example\r\n" + mail);
        fs::permissions(m_folder.path() / "Maildir/new" / name, fs::perms::all);
    }
    ServerOptions options() const {
        ServerOptions options;
        options.host = "127.0.0.1";
        options.port = m_port;
        return options;
    }
    Time yesterday() const { return SystemClock().now() - 24h; }

    test::TempDir m_folder;
    std::uint16_t m_port;
};

TEST_F(ImapInboxTest, FindsMailsBySubjectAndReadsThem) {
    ImapInbox inbox(options());
    const auto found = inbox.find(yesterday(), "ACME:");
    ASSERT_TRUE(found) << found.error().text();
    ASSERT_EQ(found->size(), 2U);
    const auto raw = inbox.read(found->front());
    ASSERT_TRUE(raw) << raw.error().text();
    EXPECT_EQ(*raw, "From: acme@ca.example\r\nSubject: ACME: one\r\n\r\nfirst\r\n");
    EXPECT_EQ(*inbox.read(found->back()), "From: acme@ca.example\r\nSubject: Re: acme: two\r\n\r\nsecond\r\n");
}

TEST_F(ImapInboxTest, SeesWhatComesWhileItIsOpen) {
    ImapInbox inbox(options());
    ASSERT_EQ(inbox.find(yesterday(), "ACME:")->size(), 2U);
    put("4.d", "Subject: ACME: three\r\n\r\nthird\r\n");
    const auto found = inbox.find(yesterday(), "ACME:");
    ASSERT_EQ(found->size(), 3U);
    EXPECT_NE(inbox.read(found->back())->find("third"), std::string::npos);
}

TEST_F(ImapInboxTest, FindsNothingWhereNothingIs) {
    ImapInbox inbox(options());
    EXPECT_TRUE(inbox.find(yesterday(), "no such subject")->empty());
    EXPECT_TRUE(inbox.find(SystemClock().now() + 24h * 7, "ACME:")->empty());
}

TEST_F(ImapInboxTest, MarksSeen) {
    ImapInbox inbox(options());
    const auto found = inbox.find(yesterday(), "ACME: one");
    ASSERT_EQ(found->size(), 1U);
    ASSERT_TRUE(inbox.markSeen(found->front()));
    EXPECT_TRUE(fs::exists(m_folder.path() / "Maildir/cur/2.b:2,S"));
    EXPECT_TRUE(inbox.markSeen(found->front()));
}

TEST_F(ImapInboxTest, AMailThatIsGoneIsNotFound) {
    ImapInbox inbox(options());
    const auto raw = inbox.read("4711");
    ASSERT_FALSE(raw.has_value());
    EXPECT_EQ(raw.error().kind, ErrorKind::NotFound) << raw.error().text();
}

TEST_F(ImapInboxTest, AnOversizedMailIsRefused) {
    put("4.d", "Subject: ACME: large\r\n\r\n" + std::string(kMaxMessageBytes, 'x') + "\r\n");
    ImapInbox inbox(options());
    const auto found = inbox.find(yesterday(), "ACME: large");
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(inbox.read(found->front()).error().kind, ErrorKind::Parse);
    EXPECT_EQ(inbox.find(yesterday(), "ACME:")->size(), 3U);  // the inbox still works
}

TEST_F(ImapInboxTest, NothingCanBeInjectedIntoACommand) {  // H10
    ImapInbox inbox(options());
    for (const char* subject : {"a\" DELETED \"", "a\r\nb EXPUNGE", "a\\", "\xc3\xa4"}) {
        EXPECT_EQ(inbox.find(yesterday(), subject).error().kind, ErrorKind::Malformed) << subject;
    }
    for (const char* id : {"", "1 2", "1;MAILINDEX=2", "*", "1\r\nx", "12345678901"}) {
        EXPECT_EQ(inbox.read(id).error().kind, ErrorKind::Malformed) << id;
        EXPECT_EQ(inbox.markSeen(id).error().kind, ErrorKind::Malformed) << id;
    }
}

TEST(ImapInbox, NobodyThereIsAnIoError) {
    ServerOptions options;
    options.host = "127.0.0.1";
    options.port = test::freePort();
    EXPECT_EQ(ImapInbox(std::move(options)).find(fromUnix(0), "ACME:").error().kind, ErrorKind::Io);
}

}  // namespace
}  // namespace mailca::mail
