// Certificates as PEM text (RFC 7468 section 5), made of their DER without parsing it.
#pragma once

#include <string>

#include "core/bytes.h"

namespace mailca::x509 {

std::string certificatePem(ByteView der);

}  // namespace mailca::x509
