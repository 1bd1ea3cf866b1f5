#include "ca/ceremony_keys.h"

#include <algorithm>
#include <filesystem>

#include "ca/audit/key.h"
#include "ca/authority_file.h"

namespace mailca::ca {

Result<CeremonyKeys> CeremonyKeys::open(const CeremonyPlan& plan, const CeremonySecrets& secrets, Random& random) {
    CeremonyKeys out(plan, secrets, random);
    if (plan.token.empty()) return out;
    const auto isSealed = [](const Hierarchy* one) { return one->sm2; };
    if (std::ranges::any_of(plan.chosen(), isSealed) && !secrets.passphrase.equals(secrets.pin.view())) {
        return fail(
            ErrorKind::Config,
            "SM2 keys are sealed beside the token: the PIN must be the pass-phrase, or the SM2 hierarchies left out");
    }
    TRY(out.m_token, crypto::Token::open(plan.tokenModule, secrets.pin));
    return out;
}

Result<crypto::PrivateKey> CeremonyKeys::fromToken(const std::string& uri) const {
    TRY(crypto::PrivateKey key, m_token->key(uri));
    const int rsaBits = key.type() == crypto::KeyType::Rsa ? key.publicKey().bits() : 0;
    if (const auto good = checkCaKeys({key.type(), rsaBits}); !good) {
        return fail(ErrorKind::Config, uri + ": " + good.error().detail);
    }
    return key;
}

Result<crypto::PrivateKey> CeremonyKeys::makeRoot(const Hierarchy& hierarchy, const std::string& folder) const {
    TRY(crypto::PrivateKey key, crypto::PrivateKey::generate(m_plan.keysOf(hierarchy)));
    TRY_VOID(writeSealedKey(rootKeyPath(folder, m_plan.rootName(hierarchy)), key, m_passphrase, m_cost, m_random));
    return key;
}

Result<crypto::PrivateKey> CeremonyKeys::makeOnline(const Hierarchy& hierarchy, const std::string& folder,
                                                    const std::string& name) const {
    const std::string uri = m_plan.tokenUri(hierarchy, name);
    if (!uri.empty()) return fromToken(uri);
    const std::string path = issuerKeyPath(folder, name);
    if (std::error_code error; std::filesystem::exists(path, error)) return readSealedKey(path, m_passphrase);
    TRY(crypto::PrivateKey key, crypto::PrivateKey::generate(m_plan.keysOf(hierarchy)));
    TRY_VOID(writeSealedKey(path, key, m_passphrase, m_cost, m_random));
    return key;
}

Result<crypto::PrivateKey> CeremonyKeys::readOnline(const Hierarchy& hierarchy, const std::string& folder,
                                                    const std::string& name) const {
    const std::string uri = m_plan.tokenUri(hierarchy, name);
    return uri.empty() ? readSealedKey(issuerKeyPath(folder, name), m_passphrase) : fromToken(uri);
}

Result<std::string> CeremonyKeys::makeAudit(const std::string& folder) const {
    if (!m_token) {
        TRY_VOID(audit::makeKey(folder, m_passphrase, m_cost, m_random));
        return std::string();
    }
    std::string uri = m_plan.token + ";object=" + std::string(audit::kKeyName) + ";type=private";
    TRY(const crypto::PrivateKey key, m_token->key(uri));
    TRY_VOID(audit::adoptKey(folder, key.publicKey()));
    return uri;
}

}  // namespace mailca::ca
