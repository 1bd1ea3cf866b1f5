#include "daemon/secret_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/files.h"
#include "tests/support/sequence_random.h"

namespace mailca::daemon {
namespace {

TEST(Token, IsMadeOnceAndClosedToOthers) {
    const test::TempDir directory;
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
