// The subcommands that touch the CA's own keys: ceremony, issuing-ca, root-crl.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "admin/cli/commands.h"

namespace mailca::admin {

using Command = std::function<Result<void>()>;

// Must outlive the command that was chosen.
class CaCommands final {
 public:
    CaCommands(CLI::App& app, Command& chosen);

 private:
    void addCeremony(CLI::App& app);
    void addIssuingCa(CLI::App& app);
    void addRootCrl(CLI::App& app);
    void addSecrets(CLI::App& sub, SecretSources& sources);

    Command& m_chosen;
    CeremonyOptions m_ceremony;
    IssuingCaOptions m_issuingCa;
    RootCrlOptions m_rootCrl;
};

}  // namespace mailca::admin
