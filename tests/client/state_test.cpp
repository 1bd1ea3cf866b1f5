// Keys and records on the disk: who can read them, in which order they get there, what a damaged one says.
#include "client/state/state_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/client/authority.h"
#include "tests/support/files.h"

namespace mailca::client {
namespace {

using test::must;

mode_t modeOf(const std::filesystem::path& path) {
    struct ::stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 0777 : 0;
}

// The real disk, with a list of what was asked of it.
class WatchedDisk final : public Disk {
 public:
    std::vector<std::string> steps;

    Result<void> makeDirectory(const std::filesystem::path& path) override {
        return note("mkdir", path, m_disk.makeDirectory(path));
    }
    Result<void> write(const std::filesystem::path& path, std::string_view content) override {
        return note("write", path, m_disk.write(path, content));
    }
    Result<void> sync(const std::filesystem::path& path) override { return note("sync", path, m_disk.sync(path)); }
    Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
        return note("rename", to, m_disk.rename(from, to));
    }
    Result<void> remove(const std::filesystem::path& path) override {
        return note("remove", path, m_disk.remove(path));
    }

 private:
    Result<void> note(const std::string& what, const std::filesystem::path& path, Result<void> result) {
        steps.push_back(what + " " + path.filename().string());
        return result;
    }
    SystemDisk m_disk;
};

class StateTest : public ::testing::Test {
 protected:
    test::TempDir folder;
    WatchedDisk disk;
    EmailAddress alice = must(EmailAddress::parse("alice@example.org"));
    KeyName name = must(KeyName::parse("smime-sign-0a1b2c3d"));
    StateDirectory state = must(StateDirectory::open(folder.path() / "state", disk));
    OrderRecord order{"smime-sign", "p256", fromUnix(1795435200), {{"smime-sign", name}}, "https://ca/order/1",
                      {"<a@b>"},    true};
};

TEST_F(StateTest, IsForItsOwnerOnlyAndKeysAreTooWhateverTheUmask) {
    const mode_t before = ::umask(0);
    const MailboxFolder mailbox = state.folder(alice);
    ASSERT_TRUE(mailbox.save(order));
    ASSERT_TRUE(mailbox.saveKey(name, test::Authority::newKey()));
    ::umask(before);
    EXPECT_EQ(modeOf(folder.path() / "state"), 0700u);
    EXPECT_EQ(modeOf(folder.path() / "state/alice@example.org"), 0700u);
    EXPECT_EQ(modeOf(mailbox.keyFile(name)), 0600u);
}

TEST_F(StateTest, SyncsAKeyAndItsNameBeforeItSaysSaved) {
    const MailboxFolder mailbox = state.folder(alice);
    ASSERT_TRUE(mailbox.save(order));
    disk.steps.clear();
    ASSERT_TRUE(mailbox.saveKey(name, test::Authority::newKey()));
    EXPECT_EQ(disk.steps,
              (std::vector<std::string>{"write smime-sign-0a1b2c3d.key.pem.tmp", "sync smime-sign-0a1b2c3d.key.pem.tmp",
                                        "rename smime-sign-0a1b2c3d.key.pem", "sync alice@example.org"}));
}

TEST_F(StateTest, KeepsWhatItWasGiven) {
    const MailboxFolder mailbox = state.folder(alice);
    EXPECT_FALSE(must(mailbox.order()));
    ASSERT_TRUE(mailbox.save(order));
    const OrderRecord back = must(mailbox.order()).value();
    EXPECT_EQ(back.url, order.url);
    EXPECT_EQ(back.keys, order.keys);
    EXPECT_EQ(back.handledMails, order.handledMails);
    EXPECT_TRUE(back.replied);
    ASSERT_TRUE(mailbox.save(MailboxRecord{"smime", "", {{"smime-sign", name, HoldingState::Retired}}}));
    EXPECT_EQ(must(mailbox.record())->holdings.at(0).state, HoldingState::Retired);
    EXPECT_EQ(must(state.folders()).size(), 1u);
    EXPECT_TRUE(mailbox.dropOrder() && mailbox.dropOrder());
    EXPECT_FALSE(must(mailbox.order()));
}

TEST_F(StateTest, RefusesWhatOthersCanReadAndWhatIsDamaged) {
    const MailboxFolder mailbox = state.folder(alice);
    ASSERT_TRUE(mailbox.save(order));
    ASSERT_TRUE(mailbox.saveKey(name, test::Authority::newKey()));
    ::chmod(mailbox.keyFile(name).c_str(), 0640);
    EXPECT_EQ(mailbox.key(name).error().kind, ErrorKind::Config);
    test::writeFile(folder.path() / "state/alice@example.org/order.json", std::string_view("{\"profile\":\"../x\"}"));
    EXPECT_NE(mailbox.order().error().detail.find("order.json is damaged"), std::string::npos);
    ::chmod((folder.path() / "state").c_str(), 0755);
    EXPECT_EQ(StateDirectory::open(folder.path() / "state", disk).error().kind, ErrorKind::Config);
}

TEST_F(StateTest, IsForOneMailcaAtATime) {
    std::optional<StateLock> first(must(state.lock()));
    EXPECT_EQ(state.lock().error().kind, ErrorKind::Unavailable);
    first.reset();
    EXPECT_TRUE(state.lock());
}

TEST(KeyName, CannotLeaveItsFolder) {
    for (const char* text : {"", "-", "../x-1", "a/b-1", "Smime-1", ".x-1"}) {
        EXPECT_FALSE(KeyName::parse(text)) << text;
    }
    test::SequenceRandom random;
    EXPECT_TRUE(KeyName::parse(KeyName::random("timestamp", random).text()));
}

}  // namespace
}  // namespace mailca::client
