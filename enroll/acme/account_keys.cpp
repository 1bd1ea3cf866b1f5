#include "enroll/acme/account_keys.h"

#include <utility>

#include "core/jose/jwk.h"

namespace mailca::acme {

Result<crypto::PublicKey> AccountKeys::of(const ra::Account& account) {
    {
        const std::lock_guard lock(m_mutex);
        for (const Keys* keys : {&m_young, &m_old}) {
            if (const auto known = keys->find(account.jwk); known != keys->end()) return known->second;
        }
    }
    TRY(const json::Value jwk, json::parse(account.jwk));
    TRY(const jose::Jwk parsed, jose::parseJwk(jwk));
    const std::lock_guard lock(m_mutex);
    if (m_young.size() >= kGeneration) m_old = std::exchange(m_young, {});
    m_young.emplace(account.jwk, parsed.key);
    return parsed.key;
}

std::size_t AccountKeys::size() {
    const std::lock_guard lock(m_mutex);
    return m_young.size() + m_old.size();
}

}  // namespace mailca::acme
