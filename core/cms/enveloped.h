// S/MIME encryption (RFC 8551, RFC 5652): EnvelopedData with AES-256-CBC, AuthEnvelopedData with AES-256-GCM.
#pragma once

#include <vector>

#include "core/cms/smime.h"
#include "core/crypto/key.h"
#include "core/x509/certificate.h"

namespace mailca::cms {

enum class ContentCipher { Aes256Cbc, Aes256Gcm };

// A recipient's key that encrypt() and decrypt() know: RSA, P-256, P-384, P-521. Not SM2, which OpenSSL 3.0's CMS
// cannot (standards I10).
bool canEncryptTo(crypto::KeyType key);

// One RecipientInfo per certificate: key transport for RSA, ECDH for P-256/P-384. DER ContentInfo. At least one
// recipient.
Result<Bytes> encrypt(ByteView content, const std::vector<x509::Certificate>& recipients, ContentCipher cipher);
// The content, with whichever recipient certificate is this one's. Parse: no encrypted message; Unauthorized: not
// encrypted to this certificate; Crypto: damaged, or not for this key (never told apart).
Result<Bytes> decrypt(ByteView contentInfo, const crypto::PrivateKey& key, const x509::Certificate& certificate);
SmimeType smimeTypeOf(ContentCipher cipher);

}  // namespace mailca::cms
