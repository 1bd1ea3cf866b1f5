// The one place where a CA's key signs, and the proof after it: what came out holds the linted bytes and verifies. A
// fault or a bug between lint and signature is found here, and nothing leaves.
#pragma once

#include "ca/lint/lint.h"
#include "core/crypto/key.h"
#include "core/result.h"
#include "core/x509/builder.h"

namespace mailca::ca {

// To-be-signed bytes of a certificate that passed every lint. Move-only, spent by sign().
class LintedTbs {
 public:
    // Lint, with every finding.
    static Result<LintedTbs> build(const x509::CertificateFields& fields, const lint::CertificateContext& context);
    // The certificate, DER: signed and compared. Crypto; Io (token).
    Result<Bytes> sign(const crypto::PrivateKey& issuerKey) &&;

    LintedTbs(LintedTbs&&) = default;
    LintedTbs& operator=(LintedTbs&&) = default;
    LintedTbs(const LintedTbs&) = delete;
    LintedTbs& operator=(const LintedTbs&) = delete;
    const Bytes& bytes() const { return m_tbs; }
    const Serial& serial() const { return m_serial; }

 private:
    LintedTbs(Bytes tbs, crypto::SignatureAlgorithm algorithm, Serial serial)
        : m_tbs(std::move(tbs)), m_algorithm(algorithm), m_serial(std::move(serial)) {}
    Bytes m_tbs;
    crypto::SignatureAlgorithm m_algorithm;  // which the bytes name
    Serial m_serial;
};

// SEQUENCE { tbs, algorithm, signature }, not yet compared.
Result<Bytes> signTbs(ByteView tbs, crypto::SignatureAlgorithm algorithm, const crypto::PrivateKey& key);

// Of a certificate or CRL in DER. Crypto unless its to-be-signed bytes are `linted` and its signature verifies with the
// issuer's public key (against fault attacks: a faulty signature can give the key away).
Result<void> compareSigned(ByteView der, ByteView linted, const crypto::PublicKey& issuerKey);

}  // namespace mailca::ca
