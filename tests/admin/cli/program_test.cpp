#include "admin/cli/program.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <sstream>

#include "admin/cli/commands.h"
#include "ca/signing_keys.h"
#include "core/crypto/hash.h"
#include "core/crypto/key.h"
#include "core/secret_file.h"
#include "tests/support/fake_clock.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

namespace mailca::admin {
namespace {

namespace fs = std::filesystem;

int program(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "mailca-admin");
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    return runProgram(static_cast<int>(pointers.size()), pointers.data());
}

void writeSecret(const std::string& path, const std::string& text) {
    test::writeFile(path, text);
    fs::permissions(path, fs::perms(0600));
}

TEST(Program, TellsUsageFromFailure) {
    const test::TempDir folder;
    EXPECT_EQ(program({"--help"}), 0);
    EXPECT_EQ(program({}), 2);
    EXPECT_EQ(program({"nonsense"}), 2);
    EXPECT_EQ(program({"ceremony"}), 2);
    EXPECT_EQ(program({"dkim-key", "--domain", "A B", "--selector", "s", "--out", folder.file("k")}), 2);
    EXPECT_EQ(program({"dkim-key", "--domain", "a.example", "--selector", "s", "--out", folder.file("k"), "--type",
                       "ed25519"}),
              0);
    EXPECT_EQ(program({"dkim-key", "--domain", "a.example", "--selector", "s", "--out", folder.file("k"), "--type",
                       "ed25519"}),
              1);
}

class CeremonyCommand : public ::testing::Test {
 protected:
    CeremonyCommand() {
        writeSecret(m_folder.file("passphrase"), "a long pass-phrase\n");
        m_options.plan = m_folder.file("plan.toml");
        m_options.folder = m_folder.file("ca");
        m_options.passphraseFile = m_folder.file("passphrase");
        writePlan("");
    }
    Result<void> runWith(const std::string& typed) {
        std::istringstream in(typed);
        return runCeremony(m_options, m_clock, m_random, in, m_out);
    }

    void writePlan(const std::string& more) {
        m_text = "base_url = \"http://pki.example.org\"\norganization = \"Example\"\ncountry = \"DE\"\n" + more +
                 "[[hierarchy]]\nname = \"smime\"\n";
        test::writeFile(m_options.plan, m_text);
    }
    std::string digits() const { return toHex(crypto::sha256(asBytes(m_text))).substr(0, 8); }

    std::string m_text;
    test::TempDir m_folder;
    test::FakeClock m_clock;
    SystemRandom m_random;
    CeremonyOptions m_options;
    std::ostringstream m_out;
};

TEST_F(CeremonyCommand, AsksBeforeItSigns) {
    for (const char* typed : {"", "no\n", "y\n"}) {
        EXPECT_FALSE(runWith(typed).has_value()) << typed;
        EXPECT_FALSE(fs::exists(m_folder.file("ca")));
    }
    EXPECT_NE(m_out.str().find("Example S/MIME Root 1"), std::string::npos);
    ASSERT_TRUE(runWith("yes\n").has_value());
    EXPECT_TRUE(fs::exists(m_folder.file("ca/authority.toml")));
    EXPECT_EQ(m_out.str().find("a long pass-phrase"), std::string::npos);
}

TEST_F(CeremonyCommand, AsksThePeopleThatTheFileNames) {  // D40
    writePlan("people = [\"Ada\", \"Bob\", \"Cleo\"]\nconfirmations = 2\n");
    const std::string ada = "Ada\n" + digits() + "\n", bob = "Bob\n" + digits() + "\n";
    const struct {
        std::string typed, says;
    } rows[] = {
        {"", "none of the people"},
        {"yes\n", "none of the people"},
        {ada, "none of the people"},
        {ada + ada, "confirmed already"},
        {ada + "Bob\n00000000\n", "reviewed another file"},
        {ada + "Bob\n\n", "reviewed another file"},
        {ada + "Mallory\n" + digits() + "\n", "none of the people"},
    };
    for (const auto& row : rows) {
        const auto run = runWith(row.typed);
        ASSERT_FALSE(run) << row.typed;
        EXPECT_EQ(run.error().kind, ErrorKind::UserActionRequired);
        EXPECT_NE(run.error().detail.find(row.says), std::string::npos) << run.error().detail;
        EXPECT_FALSE(fs::exists(m_folder.file("ca")));
    }
    m_options.confirmation = Confirmation::Given;
    EXPECT_NE(runWith("").error().detail.find("leave --yes out"), std::string::npos);
    m_options.confirmation = Confirmation::Ask;
    ASSERT_TRUE(runWith(bob + ada));
    const std::string file = test::readFile(m_folder.file("ca/authority.toml"));
    EXPECT_NE(file.find("confirmed_by = [\"Bob\", \"Ada\"]"), std::string::npos) << file;
    EXPECT_NE(file.find(toHex(crypto::sha256(asBytes(m_text)))), std::string::npos) << file;
}

TEST_F(CeremonyCommand, PassphraseFileMustBePrivateAndFilled) {
    m_options.confirmation = Confirmation::Given;
    fs::permissions(m_folder.file("passphrase"), fs::perms(0644));
    EXPECT_NE(runWith("").error().detail.find("chmod 600"), std::string::npos);
    writeSecret(m_folder.file("passphrase"), "\n");
    EXPECT_NE(runWith("").error().detail.find("empty"), std::string::npos);
    writeSecret(m_folder.file("passphrase"), "a long pass-phrase\nand a second line\n");
    EXPECT_NE(runWith("").error().detail.find("more than one line"), std::string::npos);
    writeSecret(m_folder.file("passphrase"), "eleven char\n");
    EXPECT_NE(runWith("").error().detail.find("shorter than 12"), std::string::npos);
    writeSecret(m_folder.file("passphrase"), "twelve chars\n");
    writePlan("keys = \"p521\"\n");
    EXPECT_NE(runWith("").error().detail.find("p256, p384 or rsa4096"), std::string::npos);
}

// The daemon reads the file with the same readSecretLine, and opens the authority with what it says.
TEST_F(CeremonyCommand, WhatAPassphraseFileSealsItOpens) {
    m_options.confirmation = Confirmation::Given;
    for (const char* content : {"a long pass-phrase\r\n", " spaces at both ends \n", "p\xC3\xA4ss-phrase with more"}) {
        m_options.folder = m_folder.file("ca") + std::to_string(fs::hash_value(content));
        writeSecret(m_folder.file("passphrase"), content);
        ASSERT_TRUE(runWith("")) << content;
        const Secret passphrase = readSecretLine(m_folder.file("passphrase")).value();
        const std::string file = m_options.folder + "/authority.toml";
        const auto opened = ca::SigningKeys::open(file, ca::Authority::open(file).value(), passphrase);
        EXPECT_TRUE(opened) << opened.error().text();
    }
}

TEST(DkimKey, OpensslReadsTheKeyAndTheRecordHoldsItsOtherHalf) {
    for (const std::string type : {"rsa", "ed25519"}) {
        const test::TempDir folder;
        std::ostringstream out;
        ASSERT_TRUE(makeDkimKey({"ca.example", "s1", folder.file("new/dkim"), type}, out).has_value());
        const std::string pem = folder.file("new/dkim/s1.ca.example.pem");
        struct ::stat status {};
        ASSERT_EQ(::stat(pem.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777U, 0600U);

        const std::string tail = type == "rsa" ? "" : " | tail -c 32";  // RFC 8463: the bare key
        const auto spoken =
            test::run("openssl pkey -in " + pem + " -pubout -outform DER" + tail + " | openssl base64 -A");
        const std::string record = test::readFile(folder.file("new/dkim/s1.ca.example.txt"));
        EXPECT_EQ(record, "v=DKIM1; k=" + type + "; p=" + spoken.output + "\n");
        EXPECT_EQ(out.str().find("s1._domainkey.ca.example. IN TXT ( \"v=DKIM1; k=" + type), 0U) << out.str();
    }
}

class NginxCommand : public ::testing::Test {
 protected:
    static constexpr const char* kUrls =
        "external_url = \"https://ca.example\"\nexchange_url = \"http://keys.example\"\n";

    std::string printed(const std::string& urls = kUrls, const std::string& acme = "127.0.0.1:9200") {
        test::writeFile(m_folder.file("mailcad.toml"),
                        urls + "admin_token_file = \"admin.token\"\n[listeners]\nacme = \"" + acme +
                            "\"\npublic = \"127.0.0.1:9201\"\n" + m_listeners);
        std::ostringstream out;
        const auto done = printNginx(m_options, out);
        return done.has_value() ? out.str() : "refused: " + done.error().detail;
    }
    static bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

    test::TempDir m_folder;
    std::string m_listeners;
    NginxOptions m_options{
        m_folder.file("mailcad.toml"), "ca.example", m_folder.file("tls.pem"), m_folder.file("tls.key"), "", "", ""};
};

TEST_F(NginxCommand, LetsThroughOnlyWhatIsNamed) {
    const std::string text = printed();
    for (const char* part :
         {"proxy_pass_request_headers off", "proxy_ignore_client_abort on", "client_max_body_size 64k",
          "proxy_set_header X-Real-IP $remote_addr", "proxy_request_buffering on", "listen 443 ssl http2", "listen 80;",
          "server 127.0.0.1:9200", "server 127.0.0.1:9201", "ssl_protocols TLSv1.2 TLSv1.3"}) {
        EXPECT_TRUE(holds(text, part)) << part;
    }
    EXPECT_FALSE(holds(text, "X-Proxy-Secret"));
}

TEST_F(NginxCommand, TakesPortsFromTheUrls) {
    const std::string text =
        printed("external_url = \"https://localhost:8443\"\nexchange_url = \"http://keys.example:8080\"\n");
    EXPECT_TRUE(holds(text, "listen 8443 ssl http2")) << text;
    EXPECT_TRUE(holds(text, "listen 8080;")) << text;
    // The daemon's own listener needs no front.
    EXPECT_FALSE(holds(printed("external_url = \"https://ca.example\"\nexchange_url = \"http://127.0.0.1:9201\"\n"),
                       "listen 80;"));
}

TEST_F(NginxCommand, SharesTheSecretOfTheConfiguration) {
    writeSecret(m_folder.file("proxy.secret"), "abc123\n");
    m_listeners = "proxy_secret_file = \"proxy.secret\"\n";
    EXPECT_TRUE(holds(printed(), "proxy_set_header X-Proxy-Secret \"abc123\";"));
    writeSecret(m_folder.file("proxy.secret"), "abc\"; injected\n");
    EXPECT_TRUE(holds(printed(), "refused"));
    fs::permissions(m_folder.file("proxy.secret"), fs::perms(0644));
    EXPECT_TRUE(holds(printed(), "chmod 600"));
}

TEST_F(NginxCommand, RefusesWhatNginxWouldMisread) {
    m_options.serverName = "ca.example; }";
    EXPECT_TRUE(holds(printed(), "refused"));
    m_options.serverName = "ca.example";
    EXPECT_TRUE(holds(printed(kUrls, "127.0.0.1:0"), "fixed ports"));
}

TEST_F(NginxCommand, NginxTakesIt) {
    ASSERT_EQ(
        test::run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=ca.example -days 2 "
                  "-keyout " +
                  m_options.key + " -out " + m_options.certificate)
            .status,
        0);
    writeSecret(m_folder.file("proxy.secret"), "abc123\n");
    m_listeners = "proxy_secret_file = \"proxy.secret\"\n";
    m_options.listen = "127.0.0.1:18443";
    m_options.listenHttp = "127.0.0.1:18080";
    test::writeFile(m_folder.file("front.conf"), printed());
    test::writeFile(m_folder.file("nginx.conf"), "pid " + m_folder.file("pid") +
                                                     ";\nerror_log stderr;\nevents {}\nhttp { include " +
                                                     m_folder.file("front.conf") + "; }\n");
    const auto checked = test::run("PATH=$PATH:/usr/sbin nginx -t -q -p " + m_folder.path().string() + " -c " +
                                   m_folder.file("nginx.conf"));
    EXPECT_EQ(checked.status, 0) << checked.output;
}

}  // namespace
}  // namespace mailca::admin
