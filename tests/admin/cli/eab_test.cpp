#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "admin/cli/commands.h"
#include "tests/admin/cli/http_double.h"
#include "tests/support/files.h"

namespace mailca::admin {
namespace {

class EabTest : public ::testing::Test {
 protected:
    EabTest() {
        test::writeFile(m_folder.file("token"), "s3cret\n");
        std::filesystem::permissions(m_folder.file("token"), std::filesystem::perms(0600));
        m_options.adminUrl = m_daemon.url();
        m_options.tokenFile = m_folder.file("token");
    }
    Result<void> run(Result<void> (*command)(const EabOptions&, http::Client&, std::ostream&)) {
        http::Client client{http::ClientOptions{}};
        return command(m_options, client, m_out);
    }
    bool asked(const std::string& what) const { return m_daemon.requests().at(0).find(what) != std::string::npos; }

    test::TempDir m_folder;
    test::HttpDouble m_daemon;
    EabOptions m_options;
    std::ostringstream m_out;
};

TEST_F(EabTest, MakesAKeyAndShowsBothHalves) {
    m_options.comment = "Example GmbH";
    m_options.allowed = {"example.org"};
    m_options.mostUses = 2;
    m_daemon.answer(200, R"({"id":"kid-1","key":"bWFj"})");
    ASSERT_TRUE(run(createEab));
    EXPECT_TRUE(asked("POST /admin/v1/external-accounts HTTP"));
    EXPECT_TRUE(asked("Authorization: Bearer s3cret\r\n"));
    EXPECT_TRUE(asked(R"({"comment":"Example GmbH","allowed":["example.org"],"mostUses":2})"));
    EXPECT_EQ(m_out.str().substr(0, m_out.str().find("\nThe")), "kid: kid-1\nkey: bWFj");
}

TEST_F(EabTest, ListsKeysWithWhatTheyAreGoodFor) {
    m_daemon.answer(200,
                    R"({"keys":[{"id":"kid-1","comment":"Example","allowed":["example.org"],"uses":1,"mostUses":2},)"
                    R"({"id":"kid-2","comment":"","allowed":[],"uses":0,"revokedAt":"2026-01-01T00:00:00Z"}]})");
    ASSERT_TRUE(run(listEab));
    EXPECT_EQ(m_out.str(),
              "kid-1  used 1 of 2  for example.org  (Example)\n"
              "kid-2  used 0  for any mailbox  revoked 2026-01-01T00:00:00Z\n");
}

TEST_F(EabTest, RevokesAndSpeaksJson) {
    m_options.id = "kid-1";
    m_options.report = Report::Json;
    m_daemon.answer(200, R"({"revoked":"kid-1"})");
    ASSERT_TRUE(run(revokeEab));
    EXPECT_TRUE(asked(R"({"id":"kid-1"})"));
    EXPECT_EQ(m_out.str(), "{\"revoked\":\"kid-1\"}\n");
}

TEST_F(EabTest, PassesOnWhatTheDaemonRefuses) {
    m_daemon.answer(404, R"({"detail":"there is no live external account key of that id"})");
    const auto refused = run(revokeEab);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.find("no live external account key"), std::string::npos);
    m_options.adminUrl.clear();
    EXPECT_EQ(run(listEab).error().kind, ErrorKind::Config);
}

}  // namespace
}  // namespace mailca::admin
