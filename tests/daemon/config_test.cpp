#include "daemon/config.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace mailca::daemon {
namespace {

// A good configuration, of which a test changes one thing.
std::string good() {
    return R"(external_url = "https://acme.example.org"
exchange_url = "https://keys.example.org"
database = "mailca.db"
authority = "ca/authority.toml"
passphrase_file = "passphrase"
policies = "/usr/share/mailca/policies"
admin_token_file = "admin.token"
[listeners]
acme = "127.0.0.1:9200"
[mail]
from = "acme@ca.example"
maildir = "Maildir"
[mail.smtp]
host = "127.0.0.1"
[[mail.dkim]]
selector = "s1"
key_file = "dkim/s1.pem"
[dns]
trust_anchor = "/usr/share/dns/root.key"
[caa]
issuer_domains = ["ca.example"]
)";
}

class Configuration : public ::testing::Test {
 protected:
    Result<Config> load(const std::string& text) {
        test::writeFile(directory.file("mailcad.toml"), text);
        return Config::load(directory.file("mailcad.toml"));
    }
    static std::string replaced(std::string text, const std::string& from, const std::string& to) {
        const std::size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return text.replace(at, from.size(), to);
    }
    test::TempDir directory;
};

TEST_F(Configuration, IsReadWithDefaults) {
    const auto config = load(good());
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->database, directory.file("mailca.db")) << "paths are relative to the file";
    EXPECT_EQ(config->policies, "/usr/share/mailca/policies");
    EXPECT_EQ(config->acme.port, 9200);
    EXPECT_EQ(config->admin.port, 9202);
    EXPECT_EQ(config->smtp.port, 25);
    EXPECT_TRUE(config->lmtpSocket.empty());
    EXPECT_FALSE(config->imap);
    EXPECT_EQ(config->publicationHold, seconds(24h));
    EXPECT_EQ(config->dnsDelaySeconds, 2);
    EXPECT_FALSE(config->strictDkim);
    EXPECT_TRUE(config->portsFile.empty());
    EXPECT_EQ(config->timestampToleranceMs, 1000);
    EXPECT_FALSE(config->unsynchronisedClock);
    EXPECT_EQ(config->passphrase->text(), "file:" + directory.file("passphrase"));
    EXPECT_EQ(config->signerSocket, directory.file("signer.sock")) << "beside the database";
}

TEST_F(Configuration, RepliesComeInByOtherDoorsToo) {
    const std::string imap =
        "[mail.imap]\nhost = \"imap.example\"\nuser = \"acme\"\npassword_file = \"imap.password\"\n";
    const auto config = load(replaced(good(), "[mail]\n", "[mail]\nlmtp_socket = \"lmtp/socket\"\n") + imap);
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->lmtpSocket, directory.file("lmtp/socket"));
    EXPECT_EQ(config->imap->host, "imap.example");
    EXPECT_EQ(config->imap->port, 993);
    EXPECT_EQ(config->imap->security, mail::ConnectionSecurity::Tls);
    EXPECT_EQ(config->imap->passwordFile, directory.file("imap.password"));
    EXPECT_FALSE(load(good() + replaced(imap, "user = \"acme\"\n", "")));
    EXPECT_FALSE(load(good() + replaced(imap, "password_file = \"imap.password\"\n", "")));
    EXPECT_FALSE(load(good() + "[mail.imap]\nhost = \"imap.example\"\n")) << "nobody's mailbox";
}

TEST_F(Configuration, TheHoldIsSecondsAndBounded) {
    const auto none = load(good() + "[exchange]\npublication_hold_seconds = 0\n");
    ASSERT_TRUE(none) << none.error().detail;
    EXPECT_EQ(none->publicationHold, seconds(0));
    EXPECT_FALSE(load(good() + "[exchange]\npublication_hold_seconds = -1\n"));
    EXPECT_FALSE(load(good() + "[exchange]\npublication_hold_seconds = 2592001\n"));
}

TEST_F(Configuration, PausesAreInMinutes) {
    const auto config = load(good() + "[limits]\nfirst_pause_minutes = 10\nlongest_pause_minutes = 20\n");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->limits.firstPause, seconds(600));
    EXPECT_EQ(config->limits.longestPause, seconds(1200));
}

TEST_F(Configuration, EvidenceIsKeptForTwoYearsAtLeast) {  // D52
    EXPECT_EQ(load(good())->evidenceDays, 0);
    EXPECT_EQ(load(good() + "[retention]\nevidence_days = 731\n")->evidenceDays, 731);
    const auto shorter = load(good() + "[retention]\nevidence_days = 730\n");
    ASSERT_FALSE(shorter);
    EXPECT_NE(shorter.error().detail.find("two years"), std::string::npos);
}

TEST_F(Configuration, ThePassphraseHasOneSourceOrIsTheSignersOwnMatter) {
    const std::string file = "passphrase_file = \"passphrase\"\n";
    const auto credential = load(replaced(good(), file, "passphrase = \"credential:ca\"\n"));
    ASSERT_TRUE(credential) << credential.error().detail;
    EXPECT_EQ(credential->passphrase->text(), "credential:ca");
    const std::string signer = "[signer]\nsocket = \"/run/mailca/signer.sock\"\n";
    const auto own = load(replaced(good(), file, "") + signer);
    ASSERT_TRUE(own) << own.error().detail;
    EXPECT_FALSE(own->passphrase);
    EXPECT_EQ(own->signerSocket, "/run/mailca/signer.sock");

    const auto refusal = [this](const std::string& text) {
        const auto config = load(text);
        return config ? std::string("read") : config.error().detail;
    };
    EXPECT_NE(refusal(replaced(good(), file, "")).find("passphrase_file is missing"), std::string::npos);
    EXPECT_NE(refusal(replaced(good(), file, file + "passphrase = \"prompt\"\n")).find("in its place"),
              std::string::npos);
    EXPECT_NE(refusal(replaced(good(), file, "passphrase = \"sesame\"\n")).find("credential:NAME"), std::string::npos);
    EXPECT_NE(refusal(good() + signer).find("its own matter"), std::string::npos);
}

TEST_F(Configuration, AKeyCanBePublishedBeforeItSigns) {  // a change of selector
    const std::string next = "[[mail.dkim]]\nselector = \"s2\"\nkey_file = \"dkim/s2.pem\"\nsign = false\n[dns]";
    const auto config = load(replaced(good(), "[dns]", next));
    ASSERT_TRUE(config) << config.error().text();
    ASSERT_EQ(config->dkim.size(), 1U);
    EXPECT_EQ(config->dkim[0].selector, "s1");
    const auto none = load(replaced(good(), "key_file = \"dkim/s1.pem\"", "key_file = \"dkim/s1.pem\"\nsign = false"));
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().detail.find("one key that signs"), std::string::npos) << none.error().detail;
}

TEST_F(Configuration, UnknownKeysAreNamedWithTheirLine) {
    const auto config = load(replaced(good(), "maildir =", "mailfolder = \"x\"\nmaildir ="));
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().kind, ErrorKind::Config);
    EXPECT_NE(config.error().detail.find("mailcad.toml:12"), std::string::npos) << config.error().detail;
    EXPECT_NE(config.error().detail.find("mail.mailfolder"), std::string::npos) << config.error().detail;
}

TEST_F(Configuration, WrongValuesSayWhatToDo) {
    const struct {
        const char* from;
        const char* to;
        const char* says;
    } kCases[] = {
        {"\"127.0.0.1:9200\"", "\"0.0.0.0:9200\"", "loopback"},
        {"\"127.0.0.1:9200\"", "\"192.0.2.1:9200\"", "loopback"},
        {"\"127.0.0.1:9200\"", "\"127.0.0.1\"", "loopback"},
        {"\"127.0.0.1:9200\"", "\"127.0.0.1:70000\"", "loopback"},
        {"\"https://acme.example.org\"", "\"acme.example.org\"", "https://"},
        {"\"https://acme.example.org\"", "\"https://acme.example.org/\"", "slash"},
        {"\"acme@ca.example\"", "\"acme\"", "not a mailbox address"},
        {"\"acme@ca.example\"", "\"a-local-part-of-thirty-two-octets@ca.example\"", "at most 31"},
        {"host = \"127.0.0.1\"", "host = \"127.0.0.1\"\nsecurity = \"ssl\"", "one of plain, starttls, tls"},
        {"host = \"127.0.0.1\"", "host = \"127.0.0.1\"\nport = \"25\"", "whole number"},
        {"issuer_domains = [\"ca.example\"]", "issuer_domains = []", "at least one"},
        {"[[mail.dkim]]\nselector = \"s1\"\nkey_file = \"dkim/s1.pem\"\n", "", "dkim-key"},
        {"database = \"mailca.db\"\n", "", "database is missing"},
        {"[caa]", "[timestamp]\ntolerance_ms = 1001\n[caa]", "from 0 to 1000"},  // E22
        {"[caa]", "[timestamp]\ntolerance_ms = 0\n[caa]", "at least 1"},
        {"trust_anchor = \"/usr/share/dns/root.key\"\n", "", "dns.trust_anchor is missing"},
    };
    for (const auto& [from, to, says] : kCases) {
        const auto config = load(replaced(good(), from, to));
        ASSERT_FALSE(config) << to;
        EXPECT_EQ(config.error().kind, ErrorKind::Config);
        EXPECT_NE(config.error().detail.find(says), std::string::npos) << config.error().detail;
    }
}

TEST_F(Configuration, ChaosIsForTestInstallationsOnly) {
    const std::string chaos =
        "[chaos]\nbad_nonces = 30\nreused_authorizations = 50\nretry_after_seconds = 3\nfinalize_is_processing = "
        "true\n";
    EXPECT_FALSE(load(good())->chaos.on);
    for (const char* environment : {"", "environment = \"production\"\n"}) {
        const auto refused = load(environment + good() + chaos);
        ASSERT_FALSE(refused);
        EXPECT_NE(refused.error().detail.find("environment = \"test\""), std::string::npos) << refused.error().detail;
    }
    EXPECT_FALSE(load("environment = \"tset\"\n" + good()));
    const auto config = load("environment = \"test\"\n" + good() + chaos);
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_TRUE(config->chaos.on);
    EXPECT_EQ(config->chaos.api.badNonces, 30);
    EXPECT_EQ(config->chaos.api.retryAfterSeconds, 3);
    EXPECT_TRUE(config->chaos.api.finalizeIsProcessing);
    EXPECT_EQ(config->chaos.reusedAuthorizations, 50);
    EXPECT_FALSE(load("environment = \"test\"\n" + good())->chaos.on);
    EXPECT_FALSE(load("environment = \"test\"\n" + good() + "[chaos]\nbad_nonces = 101\n"));
}

TEST_F(Configuration, MissingFileIsSaid) {
    const auto config = Config::load(directory.file("nowhere.toml"));
    ASSERT_FALSE(config);
    EXPECT_NE(config.error().detail.find("nowhere.toml"), std::string::npos);
}

TEST_F(Configuration, OffersMoreOfAcmeWhenTold) {
    const auto without = load(good());
    EXPECT_EQ(without->externalAccountSecretFile, "");
    EXPECT_EQ(without->reuseAuthorizationDays, 0);
    const auto config = load("terms_of_service = \"https://ca.example/terms\"\n" + good() +
                             "[acme]\nexternal_account_secret_file = \"external.secret\"\n"
                             "external_account_required = true\nchanged_terms_need_agreement = true\n"
                             "reuse_authorization_days = 30\n");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->externalAccountSecretFile, directory.file("external.secret"));
    EXPECT_TRUE(config->externalAccountRequired);
    EXPECT_TRUE(config->changedTermsNeedAgreement);
    EXPECT_EQ(config->reuseAuthorizationDays, 30);
    for (const char* wrong : {"external_account_required = true", "changed_terms_need_agreement = true",
                              "reuse_authorization_days = 31", "reuse_authorization_days = -1", "nothing = 1"}) {
        const auto refused = load(good() + "[acme]\n" + wrong + "\n");
        ASSERT_FALSE(refused) << wrong;
        EXPECT_EQ(refused.error().kind, ErrorKind::Config) << wrong;
    }
}

TEST_F(Configuration, SaysWhereTheAuditLogGoesAndWhenToCryOut) {
    const auto config =
        load(good() + "[audit]\nexport = \"audit.jsonl\"\nsign_minutes = 5\n[alarms]\ncrl_hours = 24\n");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->auditExport, directory.file("audit.jsonl"));
    EXPECT_EQ(config->auditSignMinutes, 5);
    EXPECT_EQ(config->crlAlarmHours, 24);
    EXPECT_NE(config->text.find("[alarms]"), std::string::npos);
    for (const char* wrong : {"[audit]\nsign_minutes = 0\n", "[audit]\nsign_minutes = 1441\n",
                              "[audit]\nsink = \"x\"\n", "[alarms]\ncrl_hours = 145\n"}) {
        EXPECT_FALSE(load(good() + wrong)) << wrong;
    }
}

}  // namespace
}  // namespace mailca::daemon
