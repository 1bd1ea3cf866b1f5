// What a detached signature is made over: a MIME entity that mail programs show and no mail server has to change.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace mailca::client {

// A MIME entity as it stands, with CRLF line ends; of anything without a Content-Type field, text/plain. Malformed when
// the entity is not 7-bit: servers may change it then, and the signature breaks (RFC 8551 section 3.1.3).
Result<std::string> signableEntity(std::string_view content);

}  // namespace mailca::client
