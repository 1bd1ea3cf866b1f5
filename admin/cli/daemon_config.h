// What the operator's tool reads of mailcad.toml, with the daemon's own defaults (docs/cli.md). All else in the file is
// the daemon's to check.
#pragma once

#include <string>

#include "core/result.h"

namespace mailca::admin {

struct DaemonConfig {
    std::string externalUrl, exchangeUrl;
    std::string acme, publicListener, admin;  // address:port
    std::string adminTokenFile;
    std::string database, authority;  // empty: not named, which only the daemon and some commands mind
    std::string proxySecretFile;      // empty: none
};

// Paths are relative to the file's own directory. Config, with file and line, for what the daemon would refuse too: a
// key of the above that is missing or has the wrong type.
Result<DaemonConfig> readDaemonConfig(const std::string& path);

}  // namespace mailca::admin
