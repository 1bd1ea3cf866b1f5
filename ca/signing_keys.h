// The private keys of an authority, unsealed or in their token: the signer's alone. Nothing else of the program may
// hold one of these.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "ca/audit/key.h"
#include "ca/authority.h"
#include "core/secret.h"

namespace mailca::ca {

// Immutable once opened; move-only, thread-safe.
class SigningKeys {
 public:
    // Every key that authority.toml speaks of; `passphrase` unseals files and is the PIN of the token. Config (file
    // damaged or missing, a key that is not its certificate's), Unauthorized (wrong pass-phrase), Unavailable (token).
    static Result<SigningKeys> open(const std::string& authorityFile, const Authority& authority,
                                    const Secret& passphrase);

    const crypto::PrivateKey& of(const Issuer& issuer) const { return m_keys.at(issuer.name); }
    const crypto::PrivateKey& of(const TimestampUnit& unit) const { return m_keys.at(unit.name); }
    const std::optional<audit::Key>& auditKey() const { return m_audit; }  // nullopt: the ceremony made none
    bool inToken() const { return m_inToken; }                             // at least one of them

 private:
    std::map<std::string, crypto::PrivateKey> m_keys;  // by the names of issuing CAs and units
    std::optional<audit::Key> m_audit;
    bool m_inToken = false;
};

}  // namespace mailca::ca
