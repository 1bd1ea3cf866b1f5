// Pass-phrases typed by a person: never echoed, never on a command line.
#pragma once

#include <cstddef>
#include <string>

#include "core/result.h"
#include "core/secret.h"

namespace mailca::admin {

inline constexpr std::size_t kShortestPassphrase = 12;  // typed or in a file

// Asks on the controlling terminal, twice. Config when there is no terminal, or the two differ or are short.
Result<Secret> askTwice(const std::string& prompt);
// The same once, for what exists already.
Result<Secret> askOnce(const std::string& prompt);

}  // namespace mailca::admin
