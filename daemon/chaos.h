// [chaos] of mailcad.toml: read only where the file says environment = "test", refused everywhere else.
#pragma once

#include "core/toml/table.h"
#include "enroll/acme/chaos.h"

namespace mailca::daemon {

struct ChaosConfig {
    bool on = false;
    acme::ChaosSettings api;
    int reusedAuthorizations = 100;  // of a hundred that could be
};

Result<ChaosConfig> readChaos(toml::Table& file);
// Nobody may leave it on without noticing.
void tellOf(const ChaosConfig& chaos);

}  // namespace mailca::daemon
