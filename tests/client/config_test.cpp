// Configuration and command line, strictly; exit codes; what goes into URLs.
#include "client/config.h"

#include <gtest/gtest.h>

#include "client/command_line.h"
#include "client/exit_code.h"
#include "client/http.h"
#include "tests/client/authority.h"

namespace mailca::client {
namespace {

using test::must;

const std::string kGood = R"(directory = "https://acme.example.org/acme/directory"
state_dir = "~/keys"
agree_tos = true
[[mailbox]]
address = "alice@example.org"
maildir = "Mail"
smtp = { host = "smtp.example.org", user = "alice", password_file = "pw" }
[[mailbox]]
address = "bob@example.org"
imap = { host = "imap.example.org" }
smtp = { host = "smtp.example.org", port = 25, security = "plain" }
)";

Result<Config> parse(const std::string& text) {
    return parseConfig(text, "/etc/mailca/mailca.toml", "/home/alice");
}

TEST(Config, IsReadWithPathsFromItsOwnPlace) {
    const Config config = must(parse(kGood));
    EXPECT_EQ(config.stateDir, "/home/alice/keys");
    EXPECT_EQ(config.terms, TermsAgreement::Agreed);
    const MailboxSettings alice = must(config.settingsOf(must(EmailAddress::parse("alice@example.org"))));
    EXPECT_EQ(std::get<MaildirPath>(alice.inbox).path, "/etc/mailca/Mail");
    EXPECT_EQ(alice.smtp.port, 587);
    EXPECT_EQ(alice.smtp.security, mail::ConnectionSecurity::StartTls);
    EXPECT_EQ(alice.smtp.passwordFile, "/etc/mailca/pw");
    const MailServer imap =
        std::get<MailServer>(must(config.settingsOf(must(EmailAddress::parse("bob@example.org")))).inbox);
    EXPECT_EQ(imap.port, 993);
    EXPECT_EQ(imap.security, mail::ConnectionSecurity::Tls);
    const auto nobody = config.settingsOf(must(EmailAddress::parse("carol@example.org")));
    EXPECT_NE(nobody.error().detail.find("[[mailbox]]"), std::string::npos);
}

TEST(Config, RefusesWhatItDoesNotKnowWithTheLine) {
    const std::vector<std::tuple<std::string, std::string, std::string>> rows{
        {"agree_tos", "agree_tso", "agree_tso"},
        {"agree_tos = true", "agree_tos = \"yes\"", "agree_tos"},
        {"https://acme", "http://acme", "https://"},
        {"https://acme", "http://127.0.0.1.evil", "https://"},
        {"maildir = \"Mail\"", "", "maildir or imap"},
        {"maildir = \"Mail\"", "maildir = \"Mail\"\nimap = { host = \"x\" }", "maildir or imap"},
        {"alice@example.org", "alice", "address"},
        {"bob@example.org", "alice@example.org", "twice"},
        {"\"plain\"", "\"none\"", "starttls"},
        {"port = 25", "port = 70000", "65535"},
        {", password_file = \"pw\"", "", "belong together"},
        {"host = \"imap", "hots = \"imap", "host"},
    };
    for (const auto& [from, to, reason] : rows) {
        std::string text = kGood;
        text.replace(text.find(from), from.size(), to);
        const auto config = parse(text);
        ASSERT_FALSE(config) << to;
        EXPECT_EQ(exitCodeOf(config.error()), ExitCode::Usage) << to;
        EXPECT_NE(config.error().detail.find(reason), std::string::npos) << config.error().detail;
        EXPECT_NE(config.error().detail.find("mailca.toml"), std::string::npos) << config.error().detail;
    }
}

Result<std::variant<CommandLine, HelpText>> line(std::vector<const char*> words) {
    words.insert(words.begin(), "mailca");
    return parseCommandLine(static_cast<int>(words.size()), words.data());
}

TEST(CommandLine, IsReadIntoValues) {
    const auto enroll =
        std::get<CommandLine>(must(line({"--json", "--config", "c", "enroll", "a@example.org", "--timeout", "5"})));
    EXPECT_EQ(enroll.form, OutputForm::Json);
    EXPECT_EQ(enroll.config, "c");
    EXPECT_EQ(std::get<EnrollOptions>(enroll.command).patience, 5s);
    EXPECT_EQ(std::get<EnrollOptions>(enroll.command).terms, TermsAgreement::NotYet);
    const auto encrypt =
        std::get<CommandLine>(must(line({"encrypt", "--to", "a@example.org", "--to", "b@example.org"})));
    EXPECT_EQ(std::get<EncryptOptions>(encrypt.command).to.size(), 2u);
    const auto revoke =
        std::get<CommandLine>(must(line({"revoke", "a@example.org", "--reason", "superseded", "--serial", "0aff"})));
    EXPECT_EQ(std::get<RevokeOptions>(revoke.command).reason, 4);
    EXPECT_EQ(std::get<Serial>(std::get<RevokeOptions>(revoke.command).which).hex(), "0aff");
    const auto others = std::get<CommandLine>(must(line({"revoke", "a@example.org", "--others"})));
    EXPECT_TRUE(std::holds_alternative<OfOthers>(std::get<RevokeOptions>(others.command).which));
    const auto listed = std::get<CommandLine>(must(line({"certificates", "a@example.org"})));
    EXPECT_EQ(std::get<CertificatesOptions>(listed.command).mailbox.text(), "a@example.org");
    const auto renew = std::get<CommandLine>(must(line({"renew", "--force"})));
    EXPECT_EQ(std::get<RenewOptions>(renew.command).when, RenewWhen::Now);
    EXPECT_TRUE(std::holds_alternative<HelpText>(must(line({"--help"}))));
}

TEST(CommandLine, RefusesWithExitCode2) {
    for (const std::vector<const char*>& words : {std::vector<const char*>{},
                                                  {"enrol"},
                                                  {"enroll"},
                                                  {"enroll", "alice"},
                                                  {"enroll", "a@example.org", "--key-type", "dsa"},
                                                  {"revoke", "a@example.org", "--reason", "boredom"},
                                                  {"revoke", "a@example.org", "--serial", "xyz"},
                                                  {"revoke", "a@example.org", "--serial", "0a", "--others"},
                                                  {"certificates"},
                                                  {"lookup", "a@example.org", "--role", "all"},
                                                  {"encrypt"},
                                                  {"status", "--colour"}}) {
        const auto result = line(words);
        ASSERT_FALSE(result);
        EXPECT_EQ(exitCodeOf(result.error()), ExitCode::Usage);
    }
}

TEST(ExitCode, OfTwoIsTheGraver) {
    EXPECT_EQ(graver(ExitCode::NothingDue, ExitCode::Done), ExitCode::Done);
    EXPECT_EQ(graver(ExitCode::Warning, ExitCode::Done), ExitCode::Warning);
    EXPECT_EQ(graver(ExitCode::Warning, ExitCode::Waiting), ExitCode::Waiting);
    EXPECT_EQ(graver(ExitCode::Failed, ExitCode::Waiting), ExitCode::Failed);
    EXPECT_EQ(exitCodeOf(fail(ErrorKind::Connection, "")), ExitCode::Failed);
    EXPECT_EQ(exitCodeOf(fail(ErrorKind::Unavailable, "")), ExitCode::Waiting);
}

}  // namespace
}  // namespace mailca::client
