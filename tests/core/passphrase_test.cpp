#include "core/passphrase.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/support/files.h"

namespace mailca {
namespace {

Result<Secret> readFrom(const std::string& source) {
    TRY(const PassphraseSource parsed, PassphraseSource::parse(source));
    return parsed.read("pass-phrase");
}

TEST(PassphraseSource, ReadsAFileACredentialAndADescriptor) {
    const test::TempDir folder;
    const std::string path = folder.file("ca");
    test::writeFile(path, "open sesame\n");
    ::chmod(path.c_str(), 0600);
    EXPECT_EQ(readFrom("file:" + path)->text(), "open sesame");

    ::unsetenv("CREDENTIALS_DIRECTORY");
    EXPECT_NE(readFrom("credential:ca").error().detail.find("LoadCredential="), std::string::npos);
    ::setenv("CREDENTIALS_DIRECTORY", folder.file("").c_str(), 1);
    ::chmod(path.c_str(), 0440);  // as systemd leaves it, with an ACL
    EXPECT_EQ(readFrom("credential:ca")->text(), "open sesame");
    EXPECT_NE(readFrom("credential:other").error().detail.find("other"), std::string::npos);
    ::unsetenv("CREDENTIALS_DIRECTORY");
    EXPECT_NE(readFrom("file:" + path).error().detail.find("chmod 600"), std::string::npos);

    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    ASSERT_EQ(::write(ends[1], "open sesame\n", 12), 12);
    ::close(ends[1]);
    const std::string descriptor = "descriptor:" + std::to_string(ends[0]);
    EXPECT_EQ(readFrom(descriptor)->text(), "open sesame");
    EXPECT_FALSE(readFrom(descriptor)) << "read once, then closed";
}

TEST(PassphraseSource, SaysWhatItTakes) {
    for (const char* wrong : {"", "sesame", "file:", "credential:", "credential:../ca", "descriptor:", "descriptor:2",
                              "descriptor:3x", "prompt:", "passphrase"}) {
        const auto parsed = PassphraseSource::parse(wrong);
        ASSERT_FALSE(parsed) << wrong;
        EXPECT_EQ(parsed.error().kind, ErrorKind::Config);
        EXPECT_NE(parsed.error().detail.find("credential:NAME"), std::string::npos);
    }
    for (const char* good : {"file:/etc/mailca/passphrase", "credential:ca", "descriptor:3", "prompt"}) {
        EXPECT_EQ(PassphraseSource::parse(good)->text(), good);
    }
    EXPECT_TRUE(PassphraseSource::parse("prompt")->isOnce());
    EXPECT_FALSE(PassphraseSource::parse("credential:ca")->isOnce());
}

}  // namespace
}  // namespace mailca
