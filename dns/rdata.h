// RDATA as it stands on the wire, to records. Strict: octets that do not fit the format are a Parse error.
#pragma once

#include <string>

#include "core/bytes.h"
#include "core/result.h"
#include "dns/resolver.h"

namespace mailca::dns {

// RFC 1035 section 3.3.14: one or more character-strings, joined.
Result<std::string> parseTxt(ByteView rdata);
// RFC 8659 section 4.1: flags, a tag of 1 to 255 letters and digits, the rest is the value.
Result<CaaRecord> parseCaa(ByteView rdata);

}  // namespace mailca::dns
