#include "ca/audit/key.h"

#include <filesystem>

#include "ca/authority_file.h"
#include "ca/new_file.h"

namespace mailca::ca::audit {
namespace {

constexpr std::string_view kName = "audit-1";

}  // namespace

std::string publicKeyPath(const std::string& folder) {
    return (folder.empty() ? std::string(".") : folder) + "/" + std::string(kName) + ".spki";
}

Result<void> makeKey(const std::string& folder, const Stretched& passphrase, SealCost cost, Random& random) {
    TRY(const crypto::PrivateKey key, crypto::PrivateKey::generate({crypto::KeyType::P256, 0}));
    TRY_VOID(writeSealedKey(issuerKeyPath(folder, kName), key, passphrase, cost, random));
    return writeNewFile(publicKeyPath(folder), key.publicKey().spki(), FileMode::Public);
}

Result<crypto::PublicKey> readPublicKey(const std::string& path) {
    TRY(const Bytes spki, readWholeFile(path));
    auto key = crypto::PublicKey::fromSpki(spki);
    if (!key || key->type() != crypto::KeyType::P256) {
        return fail(ErrorKind::Config, path + ": is no audit key; name the .spki file that the ceremony made");
    }
    return key;
}

Result<std::optional<Key>> Key::open(const std::string& folder, const Stretched& passphrase) {
    const std::string path = issuerKeyPath(folder, kName);
    std::error_code error;
    if (!std::filesystem::exists(path, error) && !error) return std::optional<Key>();
    TRY(crypto::PrivateKey key, readSealedKey(path, passphrase));
    return std::optional(Key(std::move(key)));
}

Result<Bytes> Key::sign(const Head& head, Time at) const {
    return m_key.sign(crypto::SignatureAlgorithm::EcdsaSha256, asBytes(statementOf(head, at)));
}

}  // namespace mailca::ca::audit
