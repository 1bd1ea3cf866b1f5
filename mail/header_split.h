// The head of a mail, cut into fields: our own, so that what DKIM verifies and what the judges read is cut in one
// place.
#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"
#include "mail/message.h"

namespace mailca::mail {

struct Head {
    std::vector<Header> headers;
    std::size_t bodyOffset = 0;
};

// `wire` has CRLF line ends. Parse error: no field at all, a line that is neither field nor fold, a limit (A48).
Result<Head> splitHead(std::string_view wire);

}  // namespace mailca::mail
