// [mail] of mailcad.toml: who sends challenge mails, over which server, and the doors that replies come in by.
#pragma once

#include <filesystem>

#include "core/toml/table.h"
#include "daemon/config.h"

namespace mailca::daemon {

Result<EmailAddress> readChallengeFrom(toml::Table& mail);
Result<void> readMail(toml::Table mail, const std::filesystem::path& directory, Config& config);

}  // namespace mailca::daemon
