#include "ca/signing_keys.h"

#include <filesystem>
#include <optional>

#include "ca/authority_file.h"
#include "ca/key_store.h"
#include "core/crypto/token.h"

namespace mailca::ca {
namespace {

class Opener {
 public:
    Opener(std::string folder, std::string module, const Secret& passphrase)
        : m_folder(std::move(folder)), m_module(std::move(module)), m_passphrase(passphrase), m_stretched(passphrase) {}

    // `uri` empty: from the sealed file of that name.
    Result<crypto::PrivateKey> open(const std::string& name, const std::string& uri,
                                    const x509::Certificate& certificate) {
        const std::string place = uri.empty() ? issuerKeyPath(m_folder, name) : uri;
        TRY(crypto::PrivateKey key, uri.empty() ? readSealedKey(place, m_stretched) : fromToken(uri));
        if (key.publicKey() == certificate.publicKey()) return key;
        return fail(ErrorKind::Config, place + ": does not belong to " + certificatePath(m_folder, name) +
                                           "; put back what the ceremony made");
    }

    // nullopt: the ceremony of an earlier release made none.
    Result<std::optional<audit::Key>> openAudit(const std::string& uri) {
        const std::string path = audit::publicKeyPath(m_folder);
        std::error_code error;
        if (!std::filesystem::exists(path, error) && !error) return std::optional<audit::Key>();
        TRY(const crypto::PublicKey known, audit::readPublicKey(path));
        TRY(crypto::PrivateKey key,
            uri.empty() ? readSealedKey(issuerKeyPath(m_folder, audit::kKeyName), m_stretched) : fromToken(uri));
        if (key.publicKey() == known) return std::optional(audit::Key(std::move(key)));
        return fail(ErrorKind::Config, path + ": is not of the audit key; put back what the ceremony made");
    }

 private:
    Result<crypto::PrivateKey> fromToken(const std::string& uri) {
        if (!m_token) {
            TRY(m_token, crypto::Token::open(m_module, m_passphrase));
        }
        return m_token->key(uri);
    }

    const std::string m_folder, m_module;
    const Secret& m_passphrase;
    const Stretched m_stretched;
    std::optional<crypto::Token> m_token;
};

}  // namespace

Result<SigningKeys> SigningKeys::open(const std::string& authorityFile, const Authority& authority,
                                      const Secret& passphrase) {
    TRY(const AuthorityFile file, AuthorityFile::load(authorityFile));
    Opener opener(std::filesystem::path(authorityFile).parent_path().string(), file.tokenModule, passphrase);
    SigningKeys out;
    out.m_inToken = !file.tokenModule.empty();
    for (const IssuerEntry& entry : file.issuers) {
        TRY(auto key, opener.open(entry.name, entry.key, authority.find(entry.name)->certificate));
        out.m_keys.emplace(entry.name, std::move(key));
    }
    for (const UnitEntry& entry : file.units) {
        TRY(auto key, opener.open(entry.name, entry.key, authority.findUnit(entry.name)->certificate));
        out.m_keys.emplace(entry.name, std::move(key));
    }
    TRY(out.m_audit, opener.openAudit(file.auditKey));
    return out;
}

}  // namespace mailca::ca
