// The key that signs heads of the audit log and nothing else: P-256, in the folder of the authority.
//   audit-1.key    sealed (ca/key_store.h)
//   audit-1.spki   its public half, DER SubjectPublicKeyInfo: for whoever checks the log elsewhere
#pragma once

#include <optional>
#include <string>

#include "ca/audit/log.h"
#include "ca/key_store.h"

namespace mailca::ca::audit {

// For the ceremony. Io when there is one already.
Result<void> makeKey(const std::string& folder, const Stretched& passphrase, SealCost cost, Random& random);
Result<crypto::PublicKey> readPublicKey(const std::string& path);  // a .spki file; Config
std::string publicKeyPath(const std::string& folder);

// Thread-safe.
class Key final {
 public:
    // nullopt: the ceremony of an earlier release made none. Config, Unauthorized as readSealedKey.
    static Result<std::optional<Key>> open(const std::string& folder, const Stretched& passphrase);
    // Of the statement about the head (ca/audit/log.h): ECDSA with SHA-256, DER.
    Result<Bytes> sign(const Head& head, Time at) const;
    const crypto::PublicKey& publicKey() const { return m_key.publicKey(); }

 private:
    explicit Key(crypto::PrivateKey key) : m_key(std::move(key)) {}
    crypto::PrivateKey m_key;
};

}  // namespace mailca::ca::audit
