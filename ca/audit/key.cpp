#include "ca/audit/key.h"

#include "ca/authority_file.h"
#include "ca/new_file.h"

namespace mailca::ca::audit {
std::string publicKeyPath(const std::string& folder) {
    return (folder.empty() ? std::string(".") : folder) + "/" + std::string(kKeyName) + ".spki";
}

Result<void> makeKey(const std::string& folder, const Stretched& passphrase, SealCost cost, Random& random) {
    TRY(const crypto::PrivateKey key, crypto::PrivateKey::generate({crypto::KeyType::P256, 0}));
    TRY_VOID(writeSealedKey(issuerKeyPath(folder, kKeyName), key, passphrase, cost, random));
    return adoptKey(folder, key.publicKey());
}

Result<void> adoptKey(const std::string& folder, const crypto::PublicKey& key) {
    if (key.type() != crypto::KeyType::P256) return fail(ErrorKind::Config, "the audit key must be P-256");
    return writeNewFile(publicKeyPath(folder), key.spki(), FileMode::Public);
}

Result<crypto::PublicKey> readPublicKey(const std::string& path) {
    TRY(const Bytes spki, readWholeFile(path));
    auto key = crypto::PublicKey::fromSpki(spki);
    if (!key || key->type() != crypto::KeyType::P256) {
        return fail(ErrorKind::Config, path + ": is no audit key; name the .spki file that the ceremony made");
    }
    return key;
}

Result<Bytes> Key::sign(const Head& head, Time at) const {
    return m_key.sign(crypto::SignatureAlgorithm::EcdsaSha256, asBytes(statementOf(head, at)));
}

}  // namespace mailca::ca::audit
