// mailca-admin block-key: which key is meant, and what the operator reads.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "admin/cli/commands.h"
#include "core/crypto/key.h"
#include "tests/admin/cli/http_double.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

namespace mailca::admin {
namespace {

class BlockKeyTest : public ::testing::Test {
 protected:
    BlockKeyTest() {
        test::writeFile(m_folder.file("token"), "s3cret\n");
        std::filesystem::permissions(m_folder.file("token"), std::filesystem::perms(0600));
        m_options.adminUrl = m_daemon.url();
        m_options.tokenFile = m_folder.file("token");
    }
    Result<void> run(Result<void> (*command)(const BlockKeyOptions&, http::Client&, std::ostream&)) {
        http::Client client{http::ClientOptions{}};
        return command(m_options, client, m_out);
    }

    test::TempDir m_folder;
    test::HttpDouble m_daemon;
    BlockKeyOptions m_options;
    std::ostringstream m_out;
};

TEST_F(BlockKeyTest, ReadsTheKeyOutOfWhateverHoldsIt) {
    const std::string samples = std::string(MAILCA_SOURCE_DIR) + "/keys-sample/";
    const std::string pub = m_folder.file("public.pem");
    ASSERT_EQ(test::run("openssl pkey -in " + samples + "bob-dual.key -pubout -out " + pub).status, 0);
    const test::Outcome sum =
        test::run("openssl pkey -pubin -in " + pub + " -pubout -outform DER | sha256sum | cut -d ' ' -f 1");
    const std::string wanted = sum.output.substr(0, 64);
    for (const std::string& file :
         {pub, samples + "bob-dual.key", samples + "bob-dual.crt", samples + "bob-dual.csr"}) {
        test::HttpDouble daemon;
        m_options.adminUrl = daemon.url();
        m_options.keyFile = file;
        daemon.answer(200, R"({"spkiSha256":"aa","blockedBefore":false,"certificates":[]})");
        ASSERT_TRUE(run(blockKey)) << file;
        EXPECT_NE(daemon.requests().at(0).find(wanted), std::string::npos) << file;
    }
}

TEST_F(BlockKeyTest, NamesTheCertificatesThatAreLeftToRevoke) {
    m_options.spkiSha256 = std::string(64, 'a');
    m_options.comment = "seen in public";
    m_daemon.answer(200, R"({"spkiSha256":"aaaa","blockedBefore":true,"certificates":[{"serial":"0102","profile":"p",)"
                         R"("mailbox":"alice@example.org","notAfter":"2027-01-01T00:00:00Z","state":"live"}]})");
    ASSERT_TRUE(run(blockKey));
    EXPECT_NE(m_daemon.requests().at(0).find(R"("comment":"seen in public")"), std::string::npos);
    EXPECT_EQ(m_out.str(),
              "was blocked before: aaaa\n"
              "Certificates with this key; revoke those that are live (mailca-admin revoke --serial):\n"
              "0102  p  alice@example.org  until 2027-01-01T00:00:00Z  live\n");
}

TEST_F(BlockKeyTest, ListsKeysWithTheirReason) {
    m_daemon.answer(200, R"({"keys":[{"spkiSha256":"aa","blockedAt":"2026-11-23T12:00:00Z","comment":"found"},)"
                         R"({"spkiSha256":"bb","blockedAt":"2026-11-22T12:00:00Z","serial":"0102"}]})");
    ASSERT_TRUE(run(listBlockedKeys));
    EXPECT_EQ(m_out.str(),
              "aa  2026-11-23T12:00:00Z  (found)\n"
              "bb  2026-11-22T12:00:00Z  by the revocation of 0102\n");
}

TEST_F(BlockKeyTest, BadInputSaysWhatToDo) {
    EXPECT_EQ(run(blockKey).error().kind, ErrorKind::Config);
    m_options.keyFile = m_folder.file("token");
    EXPECT_NE(run(blockKey).error().detail.find("holds no public key"), std::string::npos);
    m_options.keyFile = m_folder.file("nothing");
    EXPECT_NE(run(blockKey).error().detail.find("cannot be read"), std::string::npos);
    m_options.spkiSha256 = "aa";
    EXPECT_NE(run(blockKey).error().detail.find("--key FILE or --spki-sha256"), std::string::npos);
    EXPECT_TRUE(m_daemon.requests().empty());
}

}  // namespace
}  // namespace mailca::admin
