// Files that hold secrets: closed to everybody but their owner, or refused. One rule for every program, so that a
// pass-phrase that seals for one opens for the other.
#pragma once

#include <string>

#include "core/result.h"
#include "core/secret.h"

namespace mailca {

// The file's contents without the line ends at its end. Config, with the path and what to do: absent, empty, larger
// than 64 KiB, or open to others than its owner (mode & 077, of the file that is read). Thread-safe.
Result<Secret> readSecretFile(const std::string& path);
// The same for what is one line by nature, a pass-phrase, password or token. Config when there is a second line.
Result<Secret> readSecretLine(const std::string& path);
// The same from an open descriptor, whatever it is of (a pipe); closes it.
Result<Secret> readSecretLine(int descriptor);

}  // namespace mailca
