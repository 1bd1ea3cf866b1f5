// Secrets that the daemon makes for itself.
#pragma once

#include <string>

#include "core/random.h"
#include "core/result.h"
#include "core/secret_file.h"

namespace mailca::daemon {

// The line in the file (core/secret_file.h), after making the file (0600, 32 random bytes in base64url) when there is
// none.
Result<Secret> readOrMakeToken(const std::string& path, Random& random);

}  // namespace mailca::daemon
