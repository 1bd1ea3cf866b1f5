// Keys that never leave a PKCS#11 token (an HSM, SoftHSM), through OpenSSL's engine for them (libengine-pkcs11-openssl:
// OpenSSL 3.0 has no provider for it in Debian 12). Whoever holds one of its keys signs with it as with any other.
#pragma once

#include <memory>
#include <string>

#include "core/crypto/key.h"

struct engine_st;    // OpenSSL's ENGINE
struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace mailca::crypto {

// "pkcs11:token=...;object=..." (RFC 7512), without a PIN in it: it would stand in a file that everybody may read.
bool isTokenUri(std::string_view text);
bool liesInToken(const evp_pkey_st* key);

// Move-only; keys made by it may outlive it. One a process: the engine has one module and one PIN.
class Token {
 public:
    // Config: no engine, no such module. The PIN is not tried before the first key.
    static Result<Token> open(const std::string& module, const Secret& pin);

    // The private key that the URI names. Unavailable: no such token, wrong PIN, no such key; the token's own words are
    // in the detail.
    Result<PrivateKey> key(const std::string& uri) const;

 private:
    explicit Token(std::shared_ptr<engine_st> engine) : m_engine(std::move(engine)) {}
    std::shared_ptr<engine_st> m_engine;
};

}  // namespace mailca::crypto
