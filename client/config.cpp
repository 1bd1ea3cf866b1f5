#include "client/config.h"

#include <algorithm>

#include "client/http.h"
#include "core/toml/table.h"

namespace mailca::client {
namespace {

class Reader final {
 public:
    Reader(std::filesystem::path base, std::string home) : m_base(std::move(base)), m_home(std::move(home)) {}

    Result<Config> read(toml::Table& file) const {
        Config config;
        TRY(config.directory, file.string("directory"));
        if (auto ok = checkConfidential(config.directory, "directory"); !ok) {
            return file.wrong("directory", ok.error().detail);
        }
        TRY(const std::string caFile, file.stringOr("ca_file", ""));
        config.caFile = pathText(caFile);
        TRY(const std::string stateDir, file.stringOr("state_dir", "~/.local/share/mailca"));
        config.stateDir = path(stateDir);
        TRY(const bool agreed, file.booleanOr("agree_tos", false));
        if (agreed) config.terms = TermsAgreement::Agreed;
        TRY(std::vector<toml::Table> mailboxes, file.tables("mailbox"));
        for (toml::Table& table : mailboxes) {
            TRY(MailboxSettings settings, mailbox(table));
            if (std::ranges::any_of(config.mailboxes, [&](const auto& m) { return m.address == settings.address; })) {
                return table.wrong("address", settings.address.text() + " stands twice");
            }
            config.mailboxes.push_back(std::move(settings));
        }
        TRY_VOID(file.finish());
        return config;
    }

 private:
    std::filesystem::path path(const std::string& text) const {
        if (text == "~") return m_home;
        if (text.starts_with("~/")) return std::filesystem::path(m_home) / text.substr(2);
        return (m_base / text).lexically_normal();
    }
    std::string pathText(const std::string& text) const { return text.empty() ? text : path(text).string(); }

    Result<MailboxSettings> mailbox(toml::Table& table) const {
        TRY(const std::string text, table.string("address"));
        const auto address = EmailAddress::parse(text);
        if (!address) return table.wrong("address", address.error().detail);
        TRY(const std::optional<std::string> maildir, table.optionalString("maildir"));
        TRY(std::optional<toml::Table> imap, table.optionalTable("imap"));
        if (maildir.has_value() == imap.has_value()) {
            return table.wrong("address", "name either maildir or imap, so that the challenge mail can be found");
        }
        TRY(toml::Table smtpTable, table.table("smtp"));
        TRY(MailServer smtp, server(smtpTable, 587));
        if (maildir) return MailboxSettings{*address, MaildirPath{path(*maildir)}, std::move(smtp)};
        TRY(MailServer imapServer, server(*imap, 993));
        return MailboxSettings{*address, std::move(imapServer), std::move(smtp)};
    }

    Result<MailServer> server(toml::Table& table, std::int64_t usualPort) const {
        MailServer out;
        TRY(out.host, table.string("host"));
        TRY(const std::int64_t port, table.integerOr("port", usualPort));
        if (port < 1 || port > 65535) return table.wrong("port", "a port is 1 to 65535");
        out.port = static_cast<std::uint16_t>(port);
        TRY(const std::string security, table.stringOr("security", usualPort == 993 ? "tls" : "starttls"));
        if (security == "plain") {
            out.security = mail::ConnectionSecurity::Plain;
        } else if (security == "starttls") {
            out.security = mail::ConnectionSecurity::StartTls;
        } else if (security == "tls") {
            out.security = mail::ConnectionSecurity::Tls;
        } else {
            return table.wrong("security", "\"" + security + "\" is none of plain, starttls, tls");
        }
        TRY(out.user, table.stringOr("user", ""));
        TRY(const std::string passwordFile, table.stringOr("password_file", ""));
        if (out.user.empty() != passwordFile.empty()) {
            return table.wrong(out.user.empty() ? "password_file" : "user", "user and password_file belong together");
        }
        if (!passwordFile.empty()) out.passwordFile = path(passwordFile);
        TRY(const std::string caFile, table.stringOr("ca_file", ""));
        out.caFile = pathText(caFile);
        return out;
    }

    std::filesystem::path m_base;
    std::string m_home;
};

Result<Config> readFrom(Result<toml::Table> table, const std::filesystem::path& file, const std::string& home) {
    if (!table) return std::move(table).error();
    TRY(Config config, Reader(file.parent_path(), home).read(*table));
    config.file = file;
    return config;
}

}  // namespace

Result<MailboxSettings> Config::settingsOf(const EmailAddress& mailbox) const {
    const auto found = std::ranges::find(mailboxes, mailbox, &MailboxSettings::address);
    if (found != mailboxes.end()) return *found;
    return fail(ErrorKind::Config, file.string() + " does not say how to reach the mail of " + mailbox.text() +
                                       ": add\n[[mailbox]]\naddress = \"" + mailbox.text() +
                                       "\"\nmaildir = \"...\"   # or imap = { host = \"...\", ... }\n"
                                       "smtp = { host = \"...\", ... }\nas docs/cli.md shows");
}

std::filesystem::path defaultConfigFile(const std::string& home) {
    return std::filesystem::path(home) / ".config/mailca/mailca.toml";
}

Result<Config> loadConfig(const std::filesystem::path& file, const std::string& home) {
    const auto absolute = std::filesystem::absolute(file);
    return readFrom(toml::Table::load(file.string()), absolute, home);
}

Result<Config> parseConfig(std::string_view text, const std::filesystem::path& file, const std::string& home) {
    return readFrom(toml::Table::parse(text, file.filename().string()), file, home);
}

}  // namespace mailca::client
