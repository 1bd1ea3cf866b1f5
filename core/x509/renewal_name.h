// How ACME's renewal information names a certificate (RFC 9773 section 4.1; standards C2).
#pragma once

#include <string>

#include "core/bytes.h"
#include "core/ids.h"

namespace mailca::x509 {

// base64url of the authority key identifier, a dot, base64url of the serial number's DER octets.
std::string renewalName(ByteView authorityKeyId, const Serial& serial);

}  // namespace mailca::x509
