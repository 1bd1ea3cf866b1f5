// Parts of URLs (RFC 3986).
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace mailca::http {

// One segment of a path, or a value in a query: everything but unreserved characters and "@" in percent encoding.
std::string percentEncoded(std::string_view text);
Result<std::string> percentDecoded(std::string_view text);  // Parse: "%" without two hexadecimal digits

}  // namespace mailca::http
