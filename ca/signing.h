// The one place where a CA's key signs, and the proof after it: what came out holds the linted bytes and verifies. A
// fault or a bug between lint and signature is found here, and nothing leaves.
#pragma once

#include "core/crypto/key.h"
#include "core/result.h"
#include "core/x509/certificate.h"

namespace mailca::ca {

// SEQUENCE { tbs, algorithm, signature }, not yet compared.
Result<Bytes> signTbs(ByteView tbs, const crypto::PrivateKey& key);

// Crypto unless the certificate's to-be-signed bytes are `linted` and its signature verifies with the issuer's public
// key (against fault attacks: a faulty signature can give the key away).
Result<x509::Certificate> compareCertificate(ByteView der, ByteView linted, const crypto::PublicKey& issuerKey);
Result<void> compareCrl(ByteView der, ByteView linted, const crypto::PublicKey& issuerKey);

}  // namespace mailca::ca
