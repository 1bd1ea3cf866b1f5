// The CA's roots: learnt once from the exchange, kept in the state directory, never replaced silently.
#pragma once

#include <string>
#include <vector>

#include "client/http.h"
#include "client/report.h"
#include "client/state/state_directory.h"
#include "core/x509/certificate.h"

namespace mailca::client {

// The pinned roots; pins what the exchange answers when there are none yet. When it answers otherwise later, warns
// loudly and stays with the pinned ones. When it does not answer, the pinned ones do.
Result<std::vector<x509::Certificate>> pinnedRoots(Http& http, const std::string& exchange, const StateDirectory& state,
                                                   Report& report);

}  // namespace mailca::client
