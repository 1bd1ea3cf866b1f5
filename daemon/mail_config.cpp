#include "daemon/mail_config.h"

#include "daemon/config_values.h"
#include "enroll/ra/envelope_sender.h"

namespace mailca::daemon {
namespace {

struct Usual {
    int port;
    const char* security;
};

Result<mail::MailServer> readServer(toml::Table table, const std::filesystem::path& directory, const Usual& usual) {
    mail::MailServer server;
    TRY(server.host, table.string("host"));
    TRY(const int port, readCount(table, "port", usual.port, 65535));
    server.port = static_cast<std::uint16_t>(port);
    static const std::map<std::string, mail::ConnectionSecurity> kSecurity{
        {"plain", mail::ConnectionSecurity::Plain},
        {"starttls", mail::ConnectionSecurity::StartTls},
        {"tls", mail::ConnectionSecurity::Tls}};
    TRY(server.security, readChoice(table, "security", kSecurity, usual.security));
    TRY(server.user, table.stringOr("user", ""));
    TRY(const std::string password, table.stringOr("password_file", ""));
    TRY(const std::string ca, table.stringOr("ca_file", ""));
    if (server.user.empty() != password.empty()) return table.wrong("user", "and password_file belong together");
    server.passwordFile = beside(directory, password);
    server.caFile = beside(directory, ca);
    return server;
}

}  // namespace

Result<void> readMail(toml::Table mail, const std::filesystem::path& directory, Config& config) {
    TRY(const std::string maildir, mail.string("maildir"));
    config.maildir = beside(directory, maildir);
    TRY(const std::string lmtp, mail.stringOr("lmtp_socket", ""));
    config.lmtpSocket = beside(directory, lmtp);
    TRY(config.strictDkim, mail.booleanOr("strict_dkim", false));
    TRY(config.emailDelaySeconds, readCount(mail, "email_delay_seconds", 0, 3600));
    TRY(config.dnsDelaySeconds, readCount(mail, "dns_delay_seconds", 2, 3600));
    TRY(toml::Table smtp, mail.table("smtp"));
    TRY(config.smtp, readServer(std::move(smtp), directory, {25, "plain"}));
    TRY(std::optional<toml::Table> imap, mail.optionalTable("imap"));
    if (imap) {
        TRY(config.imap, readServer(*std::move(imap), directory, {993, "tls"}));
        if (config.imap->user.empty()) return mail.wrong("imap", "needs user and password_file");
    }
    TRY(std::vector<toml::Table> keys, mail.tables("dkim"));
    for (toml::Table& key : keys) {
        DkimKeyFile file;
        TRY(file.selector, key.string("selector"));
        TRY(const std::string path, key.string("key_file"));
        file.path = beside(directory, path);
        TRY(const bool signs, key.booleanOr("sign", true));
        if (signs) config.dkim.push_back(std::move(file));
    }
    if (config.dkim.empty()) {
        return mail.wrong("dkim", "needs at least one key that signs: mailca-admin dkim-key makes one");
    }
    return {};
}

Result<EmailAddress> readChallengeFrom(toml::Table& mail) {
    TRY(const std::string text, mail.string("from"));
    auto address = EmailAddress::parse(text);
    if (!address) return mail.wrong("from", "is " + address.error().detail);
    if (address->local().size() > ra::kLongestSenderLocal) {
        return mail.wrong("from",
                          "needs a local part of at most 31 octets: each mail leaves from a plus address of it");
    }
    return address;
}

}  // namespace mailca::daemon
