// S/MIME signatures (RFC 8551, RFC 5652): SignedData with signed attributes.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/cms/smime.h"
#include "core/crypto/key.h"
#include "core/x509/certificate.h"

namespace mailca::cms {

enum class SignatureForm { Detached, Opaque };

struct Signer {
    const crypto::PrivateKey& key;
    std::vector<x509::Certificate> chain;             // leaf first; roots in it are left out of the message
    std::optional<x509::Certificate> encryptionCert;  // what answers should be encrypted to
};

bool canSignWith(crypto::KeyType key);  // RSA, P-256, P-384
// SHA-256 for RSA and P-256, SHA-384 for P-384. DER ContentInfo; the content is signed as it is. BadPublicKey: a key of
// another kind.
Result<Bytes> sign(ByteView content, const Signer& signer, Time at, SignatureForm form);
// The digest's name in multipart/signed (RFC 8551 section 3.5.3.2).
std::string_view micalgOf(const crypto::PrivateKey& key);

struct Signature {
    x509::Certificate signer;      // not judged: anybody can make one
    std::optional<Time> signedAt;  // the signer's own word
};
struct SignedContent {
    Bytes content;
    std::vector<Signature> signatures;  // at least one; every one verifies
};
// Parse: no signed message, or one that cannot be read; Crypto: a signature does not verify, or rests on a weak digest.
Result<SignedContent> verify(const SignedMail& mail);

}  // namespace mailca::cms
