// What an operator is told to publish is what a name server takes and a verifier finds.
#include <gtest/gtest.h>

#include <sstream>

#include "admin/cli/commands.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

namespace mailca::admin {
namespace {

class Dns : public testing::Test {
 protected:
    Dns() {
        std::ostringstream said;
        EXPECT_TRUE(makeDkimKey({"ca.example", "s1", m_folder.file("dkim"), "rsa"}, said));
        EXPECT_TRUE(makeDkimKey({"ca.example", "s2", m_folder.file("dkim"), "ed25519"}, said));
        m_keys = said.str();
    }
    std::string config(const std::string& from = "acme@ca.example") {
        test::writeFile(m_folder.file("mailcad.toml"),
                        "unrelated = 1\n[mail]\nfrom = \"" + from +
                            "\"\nmaildir = \"m\"\n"
                            "[[mail.dkim]]\nselector = \"s1\"\nkey_file = \"dkim/s1.ca.example.pem\"\n"
                            "[[mail.dkim]]\nselector = \"s2\"\nkey_file = \"dkim/s2.ca.example.pem\"\nsign = false\n"
                            "[caa]\nissuer_domains = [\"ca.example\", \"ca.example.net\"]\n");
        return m_folder.file("mailcad.toml");
    }
    std::string told(const DnsOptions& options) {
        std::ostringstream out;
        const auto done = printDns(options, out);
        EXPECT_TRUE(done) << done.error().detail;
        return out.str();
    }
    test::TempDir m_folder;
    std::string m_keys;
};

TEST_F(Dns, NamesEveryRecordWhetherItsKeySignsOrNot) {  // J11, J15, C28
    const std::string zone = told({config(), ""});
    for (std::istringstream keys(m_keys); std::getline(keys, m_keys);) {
        EXPECT_NE(zone.find(m_keys + "\n"), std::string::npos) << "as dkim-key said it: " << m_keys;
    }
    for (const char* line :
         {"ca.example. IN TXT \"v=spf1 mx -all\"\n",
          "_dmarc.ca.example. IN TXT \"v=DMARC1; p=reject; adkim=s; aspf=s\"\n",
          "\nca.example. IN CAA 0 issuemail \";\"\n", "; example.org. IN CAA 0 issuemail \"ca.example.net\"\n"}) {
        EXPECT_NE(zone.find(line), std::string::npos) << line;
    }
    EXPECT_NE(told({config(), "mail.ca.example"}).find("\"v=spf1 a:mail.ca.example -all\""), std::string::npos);
}

TEST_F(Dns, IsTakenByANameServer) {
    test::writeFile(m_folder.file("zone"),
                    "ca.example. 3600 IN SOA ns. root. 1 2 3 4 5\nca.example. 3600 IN NS ns.\n"
                    "$TTL 3600\n" +
                        told({config(), ""}));
    const auto checked = test::run("nsd-checkzone ca.example " + m_folder.file("zone"));
    EXPECT_EQ(checked.status, 0) << checked.output;
}

TEST_F(Dns, SaysWhatIsWrong) {
    const auto refused = [](const DnsOptions& options) {
        std::ostringstream out;
        const auto done = printDns(options, out);
        EXPECT_EQ(out.str(), "");
        return done ? "nothing" : done.error().detail;
    };
    EXPECT_NE(refused({config(), "not a name"}).find("--sender"), std::string::npos);
    EXPECT_NE(refused({config("nobody"), ""}).find("mail.from"), std::string::npos);
    EXPECT_NE(refused({m_folder.file("nothing.toml"), ""}).find("nothing.toml"), std::string::npos);
}

}  // namespace
}  // namespace mailca::admin
