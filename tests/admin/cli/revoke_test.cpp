#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <sstream>

#include "admin/cli/commands.h"
#include "tests/admin/cli/http_double.h"
#include "tests/support/files.h"

namespace mailca::admin {
namespace {

const std::string kFound = R"({"certificates":[{"serial":"0abc","issuer":"smime-1","profile":"smime-sign",)"
                           R"("mailbox":"alice@example.org","notBefore":"2026-01-01T00:00:00Z",)"
                           R"("notAfter":"2027-01-01T00:00:00Z","state":"live"}]})";

class RevokeTest : public ::testing::Test {
 protected:
    RevokeTest() {
        test::writeFile(m_folder.file("token"), "s3cret\n");
        std::filesystem::permissions(m_folder.file("token"), std::filesystem::perms(0600));
        m_options.mailbox = "alice@example.org";
        m_options.reason = "keyCompromise";
        m_options.adminUrl = m_daemon.url();
        m_options.tokenFile = m_folder.file("token");
    }
    Result<void> run() {
        http::Client client{http::ClientOptions{}};
        return revoke(m_options, client, m_out);
    }
    std::string refusal() {
        const auto done = run();
        return done.has_value() ? "done" : done.error().detail;
    }
    bool asked(std::size_t index, const std::string& what) const {
        return m_daemon.requests().at(index).find(what) != std::string::npos;
    }

    test::TempDir m_folder;
    test::HttpDouble m_daemon;
    RevokeOptions m_options;
    std::ostringstream m_out;
};

TEST_F(RevokeTest, IsADryRunUnlessToldOtherwise) {
    m_daemon.answer(200, kFound);
    ASSERT_TRUE(run().has_value());
    ASSERT_EQ(m_daemon.requests().size(), 1U);
    EXPECT_TRUE(asked(0, "GET /admin/v1/certificates?mailbox=alice@example.org HTTP"));
    EXPECT_TRUE(asked(0, "Authorization: Bearer s3cret\r\n"));
    EXPECT_NE(m_out.str().find("0abc  smime-sign  alice@example.org"), std::string::npos) << m_out.str();
    EXPECT_NE(m_out.str().find("Add --yes"), std::string::npos);
    EXPECT_EQ(m_out.str().find("s3cret"), std::string::npos);
}

TEST_F(RevokeTest, RevokesAMailbox) {
    m_options.confirmation = Confirmation::Given;
    m_daemon.answer(200, kFound);
    m_daemon.answer(200, R"({"revoked":["0abc"],"alreadyRevoked":["0def"]})");
    ASSERT_TRUE(run().has_value());
    EXPECT_TRUE(asked(1, "POST /admin/v1/revocations HTTP"));
    EXPECT_TRUE(asked(1, R"({"reason":"keyCompromise","mailbox":"alice@example.org"})"));
    EXPECT_EQ(m_out.str(), "revoked: 0abc\nrevoked before: 0def\n");
}

TEST_F(RevokeTest, RevokesASerialAndSpeaksJson) {
    m_options.mailbox.clear();
    m_options.serial = "0abc";
    m_options.confirmation = Confirmation::Given;
    m_options.report = Report::Json;
    m_daemon.answer(200, kFound);
    m_daemon.answer(200, R"({"revoked":["0abc"],"alreadyRevoked":[]})");
    ASSERT_TRUE(run().has_value());
    EXPECT_TRUE(asked(0, "?serial=0abc HTTP"));
    EXPECT_TRUE(asked(1, R"({"reason":"keyCompromise","serials":["0abc"]})"));
    EXPECT_EQ(m_out.str(), "{\"revoked\":[\"0abc\"],\"alreadyRevoked\":[]}\n");
}

TEST_F(RevokeTest, FindsListenerAndTokenInTheConfiguration) {
    test::writeFile(m_folder.file("mailcad.toml"),
                    "external_url = \"https://ca.example\"\nexchange_url = \"http://keys.example\"\n"
                    "admin_token_file = \"token\"\nother = 1\n[listeners]\nadmin = \"" +
                        m_daemon.address() + "\"\n");
    m_options.adminUrl.clear();
    m_options.tokenFile.clear();
    m_options.config = m_folder.file("mailcad.toml");
    m_daemon.answer(200, kFound);
    ASSERT_TRUE(run().has_value());
    EXPECT_TRUE(asked(0, "Bearer s3cret"));
}

TEST_F(RevokeTest, NothingFoundIsAnError) {
    m_options.confirmation = Confirmation::Given;
    m_daemon.answer(200, R"({"certificates":[]})");
    EXPECT_NE(refusal().find("no such certificate"), std::string::npos);
    EXPECT_EQ(m_daemon.requests().size(), 1U);  // nothing was posted
}

TEST_F(RevokeTest, SaysWhatTheDaemonSaid) {
    m_daemon.answer(403, R"({"detail":"send the operators' token"})");
    const std::string said = refusal();
    EXPECT_NE(said.find("403"), std::string::npos);
    EXPECT_NE(said.find("operators' token"), std::string::npos);
    m_daemon.answer(200, "no JSON");
    EXPECT_NE(refusal().find("200"), std::string::npos);
}

TEST_F(RevokeTest, RefusesBeforeItAsks) {
    const struct {
        std::function<void(RevokeOptions&)> change;
        std::string says;
    } rows[] = {
        {[](auto& o) { o.mailbox.clear(); }, "--serial or --mailbox"},
        {[](auto& o) { o.serial = "0abc"; }, "--serial or --mailbox"},
        {[](auto& o) { o.reason = "certificateHold"; }, "keyCompromise"},
        {[](auto& o) { o.mailbox = "nobody"; }, ""},
        {[](auto& o) { o.adminUrl.clear(); }, "--config"},
        {[](auto& o) { o.tokenFile = "/nonexistent/token"; }, "/nonexistent/token"},
    };
    const RevokeOptions good = m_options;
    for (const auto& row : rows) {
        m_options = good;
        row.change(m_options);
        EXPECT_NE(refusal().find(row.says), std::string::npos) << row.says;
        EXPECT_NE(refusal(), "done") << row.says;
    }
    EXPECT_TRUE(m_daemon.requests().empty());
}

TEST_F(RevokeTest, ATokenThatOthersMayReadIsNotUsed) {
    std::filesystem::permissions(m_folder.file("token"), std::filesystem::perms(0640));
    EXPECT_NE(refusal().find("chmod 600"), std::string::npos);
    EXPECT_TRUE(m_daemon.requests().empty());
}

}  // namespace
}  // namespace mailca::admin
