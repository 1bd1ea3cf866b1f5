// Reasons that a subscriber may give (RFC 5280 section 5.3.1, standards B47).
#pragma once

#include <string_view>

#include "core/result.h"

namespace mailca::client {

// "keyCompromise" -> 1, ...; empty or "unspecified" -> 0. Config error with the names there are.
Result<int> parseRevocationReason(std::string_view name);

}  // namespace mailca::client
