// Replies out of a hosted mailbox, from Dovecot's own IMAP code.
#include "enroll/intake/imap_door.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mail/message.h"
#include "tests/support/imap_server.h"

namespace mailca::intake {
namespace {

mail::Maildir maildirIn(const test::TempDir& folder) {
    return mail::Maildir::create(folder.path() / "replies").value();
}

class ImapDoorTest : public testing::Test {
 protected:
    ImapDoorTest() {
        m_server.put("1.a", "Subject: Re: ACME: one\r\n\r\nfirst\r\n");
        m_server.start();
    }
    std::unique_ptr<ImapDoor> door() {
        return std::make_unique<ImapDoor>(m_server.server(), m_maildir, m_clock, m_random);
    }
    // What lies in the Maildir after a turn; sorted.
    std::vector<std::string> after(ImapDoor& door) {
        const auto done = door.turn();
        EXPECT_TRUE(done) << (done ? "" : done.error().text());
        const std::vector<std::string> names = m_maildir.list().value();
        std::vector<std::string> mails;
        for (const std::string& name : names) mails.push_back(m_maildir.readNew(name).value());
        std::ranges::sort(mails);
        return mails;
    }
    static std::string mail(const std::string& rest) { return "From: acme@ca.example\r\n" + rest; }

    test::ImapServer m_server;
    test::TempDir m_folder;
    mail::Maildir m_maildir = maildirIn(m_folder);
    SystemClock m_clock;
    SystemRandom m_random;
};

TEST_F(ImapDoorTest, FetchesEachMailOnceOctetByOctet) {
    const auto first = door();
    const std::vector<std::string> one{mail("Subject: Re: ACME: one\r\n\r\nfirst\r\n")};
    EXPECT_EQ(after(*first), one);
    EXPECT_EQ(after(*first), one);
    const auto next = door();  // another process
    EXPECT_EQ(after(*next), one);
    m_server.put("2.b", "Subject: Re: ACME: two\r\n\r\nsecond\r\n");
    EXPECT_EQ(after(*next).size(), 2U);
}

TEST_F(ImapDoorTest, FetchesAgainWhatItHadNotNoted) {  // killed between the mail and the note
    EXPECT_EQ(after(*door()).size(), 1U);
    std::filesystem::remove(m_maildir.root() / "imap-place");
    EXPECT_EQ(after(*door()).size(), 2U) << "the same octets: judged once (ReplyBook)";
}

TEST_F(ImapDoorTest, AnotherMailboxBehindTheAddressIsReadFromItsStart) {
    EXPECT_EQ(after(*door()).size(), 1U);
    ASSERT_TRUE(m_maildir.keepNote("imap-place", "1 4000000000"));
    EXPECT_EQ(after(*door()).size(), 2U);
}

TEST_F(ImapDoorTest, LeavesWhatIsNoReplyForItsSize) {
    m_server.put("2.b", "Subject: Re: ACME: large\r\n\r\n" + std::string(mail::kMaxMessageBytes, 'x') + "\r\n");
    m_server.put("3.c", "Subject: Re: ACME: three\r\n\r\nthird\r\n");
    EXPECT_EQ(after(*door()).size(), 2U);
}

TEST_F(ImapDoorTest, KeepsThePlaceWhenTheMaildirTakesNothing) {
    const auto failing = door();
    std::filesystem::remove(m_maildir.root() / "tmp");
    failing->stop();  // no rest after the trouble
    EXPECT_FALSE(failing->turn());
    std::filesystem::create_directory(m_maildir.root() / "tmp");
    EXPECT_EQ(after(*door()).size(), 1U);
}

}  // namespace
}  // namespace mailca::intake
