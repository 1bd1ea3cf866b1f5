#include "core/secret_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/files.h"

namespace mailca {
namespace {

class SecretFile : public ::testing::Test {
 protected:
    std::string make(const std::string& content, mode_t mode = 0600) {
        const std::string path = m_directory.file("secret");
        test::writeFile(path, content);
        EXPECT_EQ(::chmod(path.c_str(), mode), 0);
        return path;
    }
    static std::string refusal(const Result<Secret>& result) { return result ? "read" : result.error().text(); }
    test::TempDir m_directory;
};

TEST_F(SecretFile, IsReadWithoutItsLineEnd) {
    for (const char* content : {"open sesame", "open sesame\n", "open sesame\r\n", "open sesame\n\n"}) {
        const std::string path = make(content);
        EXPECT_EQ(readSecretFile(path).value().text(), "open sesame");
        EXPECT_EQ(readSecretLine(path).value().text(), "open sesame");
    }
}

TEST_F(SecretFile, OpenToOthersIsRefused) {
    for (const mode_t mode : {0640u, 0604u, 0660u, 0644u, 0601u}) {
        const auto secret = readSecretFile(make("open sesame", mode));
        ASSERT_FALSE(secret) << mode;
        EXPECT_EQ(secret.error().kind, ErrorKind::Config);
        EXPECT_NE(secret.error().detail.find("chmod 600 " + m_directory.file("secret")), std::string::npos);
    }
    EXPECT_TRUE(readSecretFile(make("open sesame", 0400)));
}

TEST_F(SecretFile, JudgesTheFileThatItReadsNotTheLinkToIt) {
    ASSERT_EQ(::symlink(make("open sesame", 0644).c_str(), m_directory.file("link").c_str()), 0);
    EXPECT_NE(refusal(readSecretFile(m_directory.file("link"))).find("chmod 600"), std::string::npos);
    make("open sesame", 0600);
    EXPECT_TRUE(readSecretFile(m_directory.file("link")));
}

TEST_F(SecretFile, EmptyHugeAndAbsentAreRefused) {
    EXPECT_NE(refusal(readSecretFile(make(""))).find("is empty"), std::string::npos);
    EXPECT_NE(refusal(readSecretFile(make("\r\n\n"))).find("is empty"), std::string::npos);
    EXPECT_NE(refusal(readSecretFile(make(std::string(65 * 1024, 'x')))).find("64 KiB"), std::string::npos);
    EXPECT_EQ(readSecretFile(make(std::string(64 * 1024, 'x'))).value().view().size(), 64u * 1024);
    EXPECT_NE(refusal(readSecretFile(m_directory.file("nowhere"))).find("nowhere"), std::string::npos);
    EXPECT_FALSE(readSecretFile(m_directory.path().string()));
}

TEST_F(SecretFile, ALineIsOneAndAFileMayHoldMany) {
    for (const char* content : {"open\nsesame\n", "\nsesame\n", "open\rsesame"}) {
        const std::string path = make(content);
        EXPECT_TRUE(readSecretFile(path)) << content;
        EXPECT_NE(refusal(readSecretLine(path)).find("more than one line"), std::string::npos) << content;
        EXPECT_EQ(refusal(readSecretLine(path)).find("sesame"), std::string::npos) << content;
    }
}

}  // namespace
}  // namespace mailca
