// Files that hold secrets: readable by their owner only, or refused.
#pragma once

#include <string>

#include "core/random.h"
#include "core/result.h"
#include "core/secret.h"

namespace mailca::daemon {

// The file's contents without a line end at its end. Config: absent, empty, larger than 64 KiB, or open to others than
// its owner (mode & 077).
Result<Secret> readSecretFile(const std::string& path);
// The same, after making the file (0600, 32 random bytes in base64url) when there is none.
Result<Secret> readOrMakeToken(const std::string& path, Random& random);

}  // namespace mailca::daemon
