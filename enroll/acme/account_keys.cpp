#include "enroll/acme/account_keys.h"

#include <memory>

#include "core/jose/jwk.h"

namespace mailca::acme {

Result<crypto::PublicKey> AccountKeys::of(const ra::Account& account) {
    if (const auto known = m_keys.find(account.jwk)) return *known;
    TRY(const json::Value jwk, json::parse(account.jwk));
    TRY(const jose::Jwk parsed, jose::parseJwk(jwk));
    m_keys.put(account.jwk, std::make_shared<const crypto::PublicKey>(parsed.key));
    return parsed.key;
}

}  // namespace mailca::acme
