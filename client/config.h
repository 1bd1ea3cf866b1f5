// mailca.toml, read strictly (docs/cli.md). Where the mail of which mailbox is, and which CA to ask.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/email_address.h"
#include "core/result.h"
#include "mail/connection.h"

namespace mailca::client {

using mail::MailServer;

struct MaildirPath {
    std::filesystem::path path;
};

struct MailboxSettings {
    EmailAddress address;
    std::variant<MaildirPath, MailServer> inbox;  // MailServer: by IMAP
    MailServer smtp;
};

enum class TermsAgreement : std::uint8_t { NotYet, Agreed };

struct Config {
    std::filesystem::path file;  // where this came from, for errors
    std::string directory;       // of the ACME server
    std::string caFile;          // empty: the system's
    std::filesystem::path stateDir;
    TermsAgreement terms = TermsAgreement::NotYet;
    std::vector<MailboxSettings> mailboxes;

    // Config error with the lines to write when there is none.
    Result<MailboxSettings> settingsOf(const EmailAddress& mailbox) const;
};

// "~/.config/mailca/mailca.toml" for the home directory given.
std::filesystem::path defaultConfigFile(const std::string& home);
// Config error with file and line. Paths are relative to the file; "~/" is `home`.
Result<Config> loadConfig(const std::filesystem::path& file, const std::string& home);
Result<Config> parseConfig(std::string_view text, const std::filesystem::path& file, const std::string& home);

}  // namespace mailca::client
