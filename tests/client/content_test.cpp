// What encrypt and decrypt write with -o.
#include "client/commands/content.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/files.h"

namespace mailca::client {
namespace {

mode_t modeOf(const std::string& path) {
    struct ::stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 07777 : 0;
}

TEST(WriteContent, ReplacesAFileWholeAndKeepsItForItsOwner) {
    const test::TempDir folder;
    const std::string path = folder.file("letter.p7m");
    test::writeFile(path, std::string_view("what it held before"));
    std::filesystem::create_hard_link(path, folder.file("before"));
    const auto outcome = writeContent(path, "new", json::object({}));
    ASSERT_TRUE(outcome) << outcome.error().detail;
    EXPECT_EQ(outcome->object.string("file"), path);
    EXPECT_EQ(test::readFile(path), "new");
    EXPECT_EQ(test::readFile(folder.file("before")), "what it held before");  // it was never open for writing
    EXPECT_EQ(modeOf(path), 0600u);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2);  // nothing is left over
}

TEST(WriteContent, TakesANameWithoutAFolder) {
    const test::TempDir folder;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    const auto outcome = writeContent("letter.p7m", "text", json::object({}));
    std::filesystem::current_path(before);
    ASSERT_TRUE(outcome) << outcome.error().detail;
    EXPECT_EQ(test::readFile(folder.file("letter.p7m")), "text");
}

TEST(WriteContent, LeavesADeviceADevice) {
    const mode_t mode = modeOf("/dev/null");
    EXPECT_TRUE(writeContent("/dev/null", "text", json::object({})));
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
    EXPECT_EQ(modeOf("/dev/null"), mode);
}

TEST(WriteContent, SaysWhatItCannotWrite) {
    const test::TempDir folder;
    for (const std::string& path : {folder.file("absent/letter"), folder.path().string()}) {
        const auto outcome = writeContent(path, "text", json::object({}));
        ASSERT_FALSE(outcome) << path;
        EXPECT_EQ(outcome.error().kind, ErrorKind::Io);
        EXPECT_NE(outcome.error().detail.find(path), std::string::npos);
    }
}

}  // namespace
}  // namespace mailca::client
