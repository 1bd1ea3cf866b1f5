// The key that signs heads of the audit log and nothing else: P-256, in the folder of the authority.
//   audit-1.key    sealed (ca/key_store.h); not there when it lies in a token
//   audit-1.spki   its public half, DER SubjectPublicKeyInfo: for whoever checks the log elsewhere
#pragma once

#include <string>
#include <string_view>

#include "ca/audit/log.h"
#include "ca/key_store.h"

namespace mailca::ca::audit {

inline constexpr std::string_view kKeyName = "audit-1";

// For the ceremony: a new one, sealed. Io when there is one already.
Result<void> makeKey(const std::string& folder, const Stretched& passphrase, SealCost cost, Random& random);
// The public half of one that lies in a token. Config unless it is P-256.
Result<void> adoptKey(const std::string& folder, const crypto::PublicKey& key);
Result<crypto::PublicKey> readPublicKey(const std::string& path);  // a .spki file; Config
std::string publicKeyPath(const std::string& folder);

// Thread-safe.
class Key final {
 public:
    explicit Key(crypto::PrivateKey key) : m_key(std::move(key)) {}
    // Of the statement about the head (ca/audit/log.h): ECDSA with SHA-256, DER.
    Result<Bytes> sign(const Head& head, Time at) const;
    const crypto::PublicKey& publicKey() const { return m_key.publicKey(); }

 private:
    crypto::PrivateKey m_key;
};

}  // namespace mailca::ca::audit
