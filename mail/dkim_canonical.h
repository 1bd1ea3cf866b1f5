// The relaxed canonicalizations of RFC 6376 section 3.4, for signing.
#pragma once

#include <string>
#include <string_view>

#include "mail/message.h"

namespace mailca::mail {

// Section 3.4.2: "name:value", lower-case name, unfolded, runs of white space one blank, none at the ends. No CRLF.
std::string relaxedHeader(const Header& header);
// Section 3.4.4. `body` has CRLF line ends.
std::string relaxedBody(std::string_view body);

}  // namespace mailca::mail
