// Files that an operator names a key or a certificate by.
#pragma once

#include <string>

#include "core/x509/certificate.h"

namespace mailca::admin {

// PEM or DER. Config: it cannot be read, or is none.
Result<x509::Certificate> readCertificateFile(const std::string& path);
// The public key of a certificate, PEM or DER, or in PEM of a public key, a certificate request or a private key, one
// that leaked. Config: it cannot be read, or holds none.
Result<crypto::PublicKey> readKeyFile(const std::string& path);

}  // namespace mailca::admin
