#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <sstream>

#include "admin/cli/commands.h"
#include "core/x509/certificate.h"
#include "tests/admin/cli/http_double.h"
#include "tests/support/files.h"

namespace mailca::admin {
namespace {

std::string certificate(const std::string& serial, const std::string& state = "live") {
    return R"({"serial":")" + serial + R"(","issuer":"smime-1","notAfter":"2027-01-01T00:00:00Z","state":")" + state +
           R"(","issuedAt":"2026-01-01T00:00:00Z","profile":"smime-sign","mailbox":"alice@example.org"})";
}
std::string page(const std::string& certificates, const std::string& more = "") {
    return R"({"certificates":[)" + certificates + "]" + more + "}";
}

class RevokeTest : public ::testing::Test {
 protected:
    RevokeTest() {
        test::writeFile(m_folder.file("token"), "s3cret\n");
        std::filesystem::permissions(m_folder.file("token"), std::filesystem::perms(0600));
        m_options.selection.mailbox = "alice@example.org";
        m_options.reason = "keyCompromise";
        m_options.adminUrl = m_daemon.url();
        m_options.tokenFile = m_folder.file("token");
    }
    Result<void> run() {
        http::Client client{http::ClientOptions{}};
        return revoke(m_options, client, m_in, m_out);
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
    std::istringstream m_in;
    std::ostringstream m_out;
};

TEST_F(RevokeTest, IsADryRunUnlessToldOtherwise) {
    m_daemon.answer(200, page(certificate("0abc") + "," + certificate("0def", "revoked"), R"(,"next":7)"));
    std::string many;
    for (int i = 10; i < 22; ++i) many += (many.empty() ? "" : ",") + certificate(std::to_string(i));
    m_daemon.answer(200, page(many));
    ASSERT_TRUE(run().has_value());
    ASSERT_EQ(m_daemon.requests().size(), 2U);
    EXPECT_TRUE(asked(0, "POST /admin/v1/selections HTTP"));
    EXPECT_TRUE(asked(0, R"({"select":{"mailbox":"alice@example.org"}})"));
    EXPECT_TRUE(asked(1, R"({"select":{"mailbox":"alice@example.org"},"from":7})"));
    EXPECT_TRUE(asked(0, "Authorization: Bearer s3cret\r\n"));
    EXPECT_NE(m_out.str().find("(keyCompromise): 13; revoked already: 1\n"), std::string::npos) << m_out.str();
    EXPECT_NE(m_out.str().find("0abc  smime-sign  alice@example.org"), std::string::npos) << m_out.str();
    EXPECT_NE(m_out.str().find("... and 3 more\n"), std::string::npos) << m_out.str();
    EXPECT_NE(m_out.str().find("Add --yes"), std::string::npos);
    EXPECT_EQ(m_out.str().find("s3cret"), std::string::npos);
}

TEST_F(RevokeTest, RevokesPageByPage) {
    m_options.confirmation = Confirmation::Given;
    m_options.rate = 300;
    m_daemon.answer(200, page(certificate("0abc") + "," + certificate("0def")));
    m_daemon.answer(200, R"({"revoked":1,"alreadyRevoked":0,"next":3})");
    m_daemon.answer(200, R"({"revoked":1,"alreadyRevoked":0})");
    ASSERT_TRUE(run().has_value());
    EXPECT_TRUE(asked(1, "POST /admin/v1/revocations HTTP"));
    EXPECT_TRUE(asked(1, R"({"select":{"mailbox":"alice@example.org"},"reason":"keyCompromise","atMost":300})"));
    EXPECT_TRUE(asked(2, R"("atMost":300,"from":3})"));
    EXPECT_EQ(m_out.str(), "revoked: 2; revoked before: 0\n");
}

TEST_F(RevokeTest, BrokenOffItSaysHowToGoOn) {
    m_options.confirmation = Confirmation::Given;
    m_daemon.answer(200, page(certificate("0abc") + "," + certificate("0def")));
    m_daemon.answer(200, R"({"revoked":1,"alreadyRevoked":0,"next":3})");
    const std::string said = refusal();
    EXPECT_NE(said.find("1 of 2 were revoked; run the same command again"), std::string::npos) << said;
}

TEST_F(RevokeTest, SpeaksJson) {
    m_options.confirmation = Confirmation::Given;
    m_options.report = Report::Json;
    m_daemon.answer(200, page(certificate("0abc")));
    m_daemon.answer(200, R"({"revoked":1,"alreadyRevoked":0})");
    ASSERT_TRUE(run().has_value());
    EXPECT_EQ(m_out.str(), "{\"revoked\":1,\"alreadyRevoked\":0}\n");
}

TEST_F(RevokeTest, SelectsByWhateverAnOperatorHas) {
    const std::string file = test::dataFile("x509/alice.pem");
    const auto alice = x509::Certificate::fromPem(test::readFile(file)).value();
    const std::string spki = toHex(alice.publicKey().spkiSha256()), serial = alice.serial().hex();
    const std::string publicKey =
        "-----BEGIN PUBLIC KEY-----\n" + toBase64(alice.publicKey().spki()) + "\n-----END PUBLIC KEY-----\n";
    test::writeFile(m_folder.file("key.pem"), publicKey);
    test::writeFile(m_folder.file("alice.cer"), std::string(asText(alice.der())));
    test::writeFile(m_folder.file("list"), "0b\n\n0a\r\n0B\n");
    const struct {
        std::function<void(SelectionOptions&)> change;
        std::string sent;
    } rows[] = {
        {[](auto& o) {
             o.serials = {"0a", "0b"};
         },
         R"({"serials":["0a","0b"]})"},
        {[&](auto& o) { o.certificate = file; }, R"({"spki":")" + spki + R"(","serials":[")" + serial + R"("]})"},
        {[&](auto& o) { o.certificate = m_folder.file("alice.cer"); }, R"("serials":[")" + serial + R"("]})"},
        {[&](auto& o) { o.key = file; }, R"({"spki":")" + spki + R"("})"},
        {[&](auto& o) { o.key = m_folder.file("key.pem"); }, R"({"spki":")" + spki + R"("})"},
        {[&](auto& o) { o.list = m_folder.file("list"); }, R"({"serials":["0a","0b"]})"},
        {[&](auto& o) { o.list = "-"; }, R"({"serials":["0c"]})"},
        {[](auto& o) {
             o.issuer = "smime-1";
             o.profile = "smime-sign";
             o.issuedFrom = "2026-01-01T00:00:00Z";
             o.issuedBefore = "2026-02-01T00:00:00Z";
         },
         R"({"issuer":"smime-1","profile":"smime-sign","issuedFrom":"2026-01-01T00:00:00Z",)"
         R"("issuedBefore":"2026-02-01T00:00:00Z"})"},
    };
    std::size_t requests = 0;
    for (const auto& row : rows) {
        m_in = std::istringstream("0c\n");
        m_options.selection = {};
        row.change(m_options.selection);
        m_daemon.answer(200, page(certificate("0abc")));
        ASSERT_TRUE(run().has_value()) << row.sent;
        EXPECT_TRUE(asked(requests++, row.sent)) << m_daemon.requests().back();
    }
}

TEST_F(RevokeTest, ALongListComesInSeveralSelections) {
    std::string list;
    for (int i = 1; i <= 501; ++i) list += std::to_string(100000 + i) + "\n";
    m_in = std::istringstream(list);
    m_options.selection = {};
    m_options.selection.list = "-";
    m_daemon.answer(200, page(certificate("0abc")));
    m_daemon.answer(200, page(certificate("0abd")));
    ASSERT_TRUE(run().has_value());
    ASSERT_EQ(m_daemon.requests().size(), 2U);
    EXPECT_TRUE(asked(1, R"({"serials":["100501"]})"));
}

TEST_F(RevokeTest, FindsListenerAndTokenInTheConfiguration) {
    test::writeFile(m_folder.file("mailcad.toml"),
                    "external_url = \"https://ca.example\"\nexchange_url = \"http://keys.example\"\n"
                    "admin_token_file = \"token\"\nother = 1\n[listeners]\nadmin = \"" +
                        m_daemon.address() + "\"\n");
    m_options.adminUrl.clear();
    m_options.tokenFile.clear();
    m_options.config = m_folder.file("mailcad.toml");
    m_daemon.answer(200, page(certificate("0abc")));
    ASSERT_TRUE(run().has_value());
    EXPECT_TRUE(asked(0, "Bearer s3cret"));
}

TEST_F(RevokeTest, NothingFoundIsAnError) {
    m_options.confirmation = Confirmation::Given;
    m_daemon.answer(200, R"({"certificates":[]})");
    EXPECT_NE(refusal().find("no certificate is like that"), std::string::npos);
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
        {[](auto& o) { o.selection.mailbox.clear(); }, "--serial"},
        {[](auto& o) { o.selection.serials = {"zz"}; }, "--serial zz"},
        {[](auto& o) { o.selection.certificate = "/nonexistent"; }, "/nonexistent"},
        {[](auto& o) { o.selection.certificate = "/etc/passwd"; }, "no certificate"},
        {[](auto& o) { o.selection.key = "/etc/passwd"; }, "no certificate"},
        {[](auto& o) { o.selection.list = "/nonexistent"; }, "/nonexistent"},
        {[](auto& o) { o.selection.list = "/etc/passwd"; }, "/etc/passwd:1"},
        {[](auto& o) { o.selection.list = "-"; }, "names no certificate"},
        {[](auto& o) { o.selection.issuedFrom = "yesterday"; }, "yesterday"},
        {[](auto& o) { o.reason = "certificateHold"; }, "keyCompromise"},
        {[](auto& o) { o.rate = 0; }, "--rate"},
        {[](auto& o) { o.selection.mailbox = "nobody"; }, "nobody"},
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
