// Path validation (RFC 5280 section 6) through OpenSSL, for those who rely on a certificate.
#pragma once

#include <vector>

#include "core/clock.h"
#include "core/x509/certificate.h"
#include "core/x509/crl.h"

namespace mailca::x509 {

enum class Purpose { SmimeSign, SmimeEncrypt, Timestamp, Any };

// The path from leaf to an anchor, leaf first; Unauthorized with the reason when there is none that is good at `at` for
// `purpose`. CRLs are not consulted here.
Result<std::vector<Certificate>> verifyPath(const Certificate& leaf, const std::vector<Certificate>& intermediates,
                                            const std::vector<Certificate>& anchors, Time at, Purpose purpose);
// Crypto when it does not verify, or its two algorithm fields differ.
Result<void> verifySignature(const Certificate& certificate, const crypto::PublicKey& issuerKey);

}  // namespace mailca::x509
