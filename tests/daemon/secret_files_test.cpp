#include "daemon/secret_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/files.h"
#include "tests/support/sequence_random.h"

namespace mailca::daemon {
namespace {

class SecretFiles : public ::testing::Test {
 protected:
    std::string make(const std::string& content, mode_t mode) {
        const std::string path = directory.file("secret");
        test::writeFile(path, content);
        EXPECT_EQ(::chmod(path.c_str(), mode), 0);
        return path;
    }
    test::TempDir directory;
};

TEST_F(SecretFiles, AreReadWithoutTheirLineEnd) {
    const auto secret = readSecretFile(make("open sesame\r\n", 0600));
    ASSERT_TRUE(secret) << secret.error().detail;
    EXPECT_EQ(secret->text(), "open sesame");
}

TEST_F(SecretFiles, OpenToOthersAreRefused) {
    for (const mode_t mode : {0640u, 0604u, 0660u, 0644u}) {
        const auto secret = readSecretFile(make("open sesame", mode));
        ASSERT_FALSE(secret) << mode;
        EXPECT_NE(secret.error().detail.find("chmod 600"), std::string::npos);
    }
}

TEST_F(SecretFiles, EmptyHugeAndAbsentAreRefused) {
    EXPECT_FALSE(readSecretFile(make("", 0600)));
    EXPECT_FALSE(readSecretFile(make("\n", 0600)));
    EXPECT_FALSE(readSecretFile(make(std::string(70'000, 'x'), 0600)));
    EXPECT_FALSE(readSecretFile(directory.file("nowhere")));
}

TEST_F(SecretFiles, TokenIsMadeOnceAndClosedToOthers) {
    test::SequenceRandom random;
    const std::string path = directory.file("token");
    const auto made = readOrMakeToken(path, random);
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_EQ(made->text().size(), 43u);
    struct stat facts {};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600u);
    const auto again = readOrMakeToken(path, random);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->text(), made->text());
}

}  // namespace
}  // namespace mailca::daemon
