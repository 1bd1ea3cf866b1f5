// PEM text (RFC 7468).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace mailca::x509 {

// A certificate's, made of its DER without parsing it (section 5).
std::string certificatePem(ByteView der);
// The octets of the first block with this label ("PUBLIC KEY"); nullopt: there is none.
std::optional<Bytes> pemBlock(std::string_view text, const char* label);

}  // namespace mailca::x509
