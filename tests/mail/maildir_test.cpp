#include "mail/maildir.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <climits>
#include <thread>

#include "mail/message.h"
#include "tests/support/files.h"
#include "tests/support/sequence_random.h"

namespace mailca::mail {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

class MaildirTest : public testing::Test {
 protected:
    void put(const std::string& name, std::int64_t modified,
             const std::string& bytes = "From: a@example.org\n\nx\n") const {
        test::writeFile(m_folder.path() / name, bytes);
        ::timespec times[2] = {{modified, 0}, {modified, 0}};
        ASSERT_EQ(::utimensat(AT_FDCWD, (m_folder.path() / name).c_str(), times, 0), 0);
    }
    test::TempDir m_folder;
    Maildir m_maildir = *Maildir::create(m_folder.path());
};

TEST_F(MaildirTest, ListsRegularFilesOfNewOldestFirst) {
    put("new/b", 100);
    put("new/a", 200);
    put("new/odd name \xff\n:2,S", 50);
    put("new/.hidden", 1);
    put("tmp/half", 1);
    put("cur/old:2,S", 1);
    put("new/" + std::string(NAME_MAX, 'x'), 1);
    fs::create_directory(m_folder.path() / "new/folder");
    fs::create_symlink("/etc/passwd", m_folder.path() / "new/link");
    ASSERT_EQ(::mkfifo(m_folder.file("new/pipe").c_str(), 0600), 0);
    EXPECT_EQ(*m_maildir.list(), (Names{"odd name \xff\n:2,S", "b", "a"}));
}

TEST_F(MaildirTest, DeliversWhatIsReadBack) {
    test::SequenceRandom random;
    const Result<std::string> name = m_maildir.deliver("one", random);
    ASSERT_TRUE(name) << name.error().text();
    EXPECT_EQ(*m_maildir.list(), (Names{*name}));
    EXPECT_EQ(*m_maildir.read(*name), "one");
    EXPECT_TRUE(fs::is_empty(m_folder.path() / "tmp"));
    struct ::stat facts = {};
    ASSERT_EQ(::stat(m_folder.file("new/" + *name).c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(MaildirTest, MarkSeenMovesToCurAndCanBeRepeated) {
    put("new/m1", 100, "one");
    ASSERT_TRUE(m_maildir.markSeen("m1"));
    EXPECT_TRUE(fs::exists(m_folder.path() / "cur/m1:2,S"));
    EXPECT_TRUE(m_maildir.list()->empty());
    EXPECT_TRUE(m_maildir.markSeen("m1"));
    EXPECT_EQ(*m_maildir.read("m1"), "one");
    EXPECT_EQ(m_maildir.markSeen("m2").error().kind, ErrorKind::NotFound);
}

TEST_F(MaildirTest, WhatHasLeftNewIsNotNew) {
    put("new/m1", 100, "one");
    EXPECT_EQ(*m_maildir.readNew("m1"), "one");
    ASSERT_TRUE(m_maildir.takeFromNew("m1"));
    EXPECT_TRUE(fs::exists(m_folder.path() / "cur/m1:2,S"));
    EXPECT_EQ(m_maildir.readNew("m1").error().kind, ErrorKind::NotFound);
    EXPECT_EQ(m_maildir.takeFromNew("m1").error().kind, ErrorKind::NotFound);
    EXPECT_EQ(m_maildir.readNew("../cur/m1:2,S").error().kind, ErrorKind::Malformed);
    EXPECT_EQ(m_maildir.takeFromNew("../cur/m1:2,S").error().kind, ErrorKind::Malformed);
}

TEST_F(MaildirTest, KeepsTheFlagsOfAMailProgram) {
    put("cur/m1:2,FT", 100, "one");
    EXPECT_EQ(*m_maildir.read("m1"), "one");
    ASSERT_TRUE(m_maildir.markSeen("m1"));
    EXPECT_TRUE(fs::exists(m_folder.path() / "cur/m1:2,FST"));
}

TEST_F(MaildirTest, ReadsNothingButMails) {
    put("new/large", 1, std::string(kMaxMessageBytes + 1, 'x'));
    put("new/largest", 1, std::string(kMaxMessageBytes, 'x'));
    fs::create_symlink("/etc/passwd", m_folder.path() / "new/link");
    fs::create_directory(m_folder.path() / "new/folder");
    EXPECT_EQ(m_maildir.read("large").error().kind, ErrorKind::Parse);
    EXPECT_EQ(m_maildir.read("largest")->size(), kMaxMessageBytes);
    EXPECT_FALSE(m_maildir.read("link"));
    EXPECT_FALSE(m_maildir.read("folder"));
    EXPECT_EQ(m_maildir.read("gone").error().kind, ErrorKind::NotFound);
    for (const std::string& name : {std::string("../new/largest"), std::string("a/b"), std::string(".hidden"),
                                    std::string(), std::string("a\0b", 3)}) {
        EXPECT_EQ(m_maildir.read(name).error().kind, ErrorKind::Malformed) << name;
        EXPECT_EQ(m_maildir.markSeen(name).error().kind, ErrorKind::Malformed) << name;
    }
}

TEST_F(MaildirTest, IsRefusedWhenItIsNone) {
    EXPECT_FALSE(Maildir::open(m_folder.path() / "nowhere"));
    fs::remove_all(m_folder.path() / "cur");
    EXPECT_FALSE(Maildir::open(m_folder.path()));
    fs::remove_all(m_folder.path() / "new");
    EXPECT_EQ(m_maildir.list().error().kind, ErrorKind::Io);
}

TEST_F(MaildirTest, ThreadsMayDeliverAtOnce) {
    test::SequenceRandom random;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 10; ++n) EXPECT_TRUE(m_maildir.deliver("x", random));
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(m_maildir.list()->size(), 40U);
}

TEST_F(MaildirTest, TheInboxLooksIntoCurToo) {
    put("new/late", 300, "late");
    put("cur/read:2,S", 200, "read");
    put("cur/old:2,S", 100);
    MaildirInbox inbox(m_maildir);
    EXPECT_EQ(*inbox.find(fromUnix(200), "ACME:"), (Names{"read", "late"}));
    EXPECT_EQ(*inbox.read("read"), "read");
    EXPECT_TRUE(inbox.markSeen("late"));
    EXPECT_EQ(*inbox.find(fromUnix(200), "ACME:"), (Names{"read", "late"}));
}

}  // namespace
}  // namespace mailca::mail
