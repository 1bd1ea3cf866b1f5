// What mailca-admin takes from mailcad.toml is what the daemon would: the same defaults, the same keys required.
#include "admin/cli/daemon_config.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace mailca::admin {
namespace {

constexpr const char* kLeast =
    "external_url = \"https://ca.example\"\nexchange_url = \"http://keys.example\"\nadmin_token_file = "
    "\"admin.token\"\n"
    "[listeners]\n";

class DaemonConfigTest : public ::testing::Test {
 protected:
    Result<DaemonConfig> read(const std::string& text) {
        test::writeFile(m_folder.file("mailcad.toml"), text);
        return readDaemonConfig(m_folder.file("mailcad.toml"));
    }
    test::TempDir m_folder;
};

TEST_F(DaemonConfigTest, HasTheDaemonsDefaults) {
    const DaemonConfig config = read(kLeast).value();
    EXPECT_EQ(config.acme, "127.0.0.1:9200");
    EXPECT_EQ(config.publicListener, "127.0.0.1:9201");
    EXPECT_EQ(config.admin, "127.0.0.1:9202");
    EXPECT_EQ(config.adminTokenFile, m_folder.file("admin.token"));
    EXPECT_EQ(config.proxySecretFile, "");
}

TEST_F(DaemonConfigTest, TakesWhatIsNamed) {
    const DaemonConfig config = read(std::string(kLeast) +
                                     "acme = \"127.0.0.1:1\"\npublic = \"127.0.0.1:2\"\nadmin = \"[::1]:3\"\n"
                                     "proxy_secret_file = \"../proxy.secret\"\n[other]\nx = 1\n")
                                    .value();
    EXPECT_EQ(config.acme, "127.0.0.1:1");
    EXPECT_EQ(config.publicListener, "127.0.0.1:2");
    EXPECT_EQ(config.admin, "[::1]:3");
    EXPECT_EQ(config.proxySecretFile, (m_folder.path().parent_path() / "proxy.secret").string());
}

TEST_F(DaemonConfigTest, NamesWhatIsMissing) {
    for (const std::string key : {"external_url", "exchange_url", "admin_token_file", "[listeners]"}) {
        std::string text = kLeast;
        const std::size_t at = text.find(key);
        text.erase(at, text.find('\n', at) - at);
        const auto refused = read(text);
        ASSERT_FALSE(refused) << key;
        EXPECT_EQ(refused.error().kind, ErrorKind::Config);
        const std::string name = key == "[listeners]" ? "listeners" : key;
        EXPECT_NE(refused.error().detail.find(name), std::string::npos) << refused.error().detail;
    }
}

}  // namespace
}  // namespace mailca::admin
