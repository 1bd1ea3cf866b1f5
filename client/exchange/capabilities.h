// What a certificate says its owner can decrypt (smimeCapabilities, RFC 4262).
#pragma once

#include <vector>

#include "client/exchange/verification.h"
#include "core/cms/enveloped.h"

namespace mailca::client {

// AES-256-GCM when every certificate names it, else AES-256-CBC, which everybody reads.
cms::ContentCipher cipherFor(const std::vector<VerifiedCertificate>& recipients);
bool namesAes256Gcm(ByteView smimeCapabilities);  // the extension's value; false for what is no list of capabilities

}  // namespace mailca::client
