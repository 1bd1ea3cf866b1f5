// Certificates for tests, in a few words.
#pragma once

#include <string>

#include "core/x509/builder.h"

namespace mailca::test {

// A key with a certificate over it.
struct Identity {
    crypto::PrivateKey key;
    x509::Certificate certificate;
};

// All of 2026 and 2027; a CA with keyCertSign and cRLSign, or a leaf for `mailbox` with digitalSignature and
// emailProtection. Change what the test is about, then sign().
x509::CertificateFields caFields(const crypto::PublicKey& key, const std::string& commonName);
x509::CertificateFields leafFields(const crypto::PublicKey& key, const std::string& mailbox);

crypto::PrivateKey makeKey(crypto::KeyType type = crypto::KeyType::P256, int rsaBits = 2048);
// Sets issuer, authority key id and algorithm to the issuer's, then signs.
x509::Certificate sign(x509::CertificateFields fields, const Identity& issuer);
Identity makeRoot(const std::string& commonName = "Test Root", crypto::KeyType type = crypto::KeyType::P256);
Identity makeLeaf(const Identity& issuer, const std::string& mailbox, crypto::KeyType type = crypto::KeyType::P256);

}  // namespace mailca::test
