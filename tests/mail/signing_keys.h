// Signers with fresh keys for the domain ca.example, selectors "rsa" and "ed".
#pragma once

#include <initializer_list>
#include <stdexcept>

#include "core/crypto/key.h"
#include "mail/dkim_signer.h"

namespace mailca::test {

enum class KeyKind : std::uint8_t { Rsa2048, Ed25519 };

inline Secret pemOf(const crypto::KeySpec& spec) {
    Result<Secret> pem = crypto::PrivateKey::generate(spec)->toPem();
    if (!pem) throw std::runtime_error(pem.error().text());
    return std::move(*pem);
}

inline mail::DkimSigner signerWith(std::initializer_list<KeyKind> kinds, seconds lifetime) {
    std::vector<mail::DkimKey> keys;
    for (const KeyKind kind : kinds) {
        const bool rsa = kind == KeyKind::Rsa2048;
        const crypto::KeySpec spec =
            rsa ? crypto::KeySpec{crypto::KeyType::Rsa, 2048} : crypto::KeySpec{crypto::KeyType::Ed25519, 0};
        keys.push_back({"ca.example", rsa ? "rsa" : "ed", pemOf(spec)});
    }
    Result<mail::DkimSigner> signer = mail::DkimSigner::create(std::move(keys), lifetime);
    if (!signer) throw std::runtime_error(signer.error().text());
    return std::move(*signer);
}

}  // namespace mailca::test
