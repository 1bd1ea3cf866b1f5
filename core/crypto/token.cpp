#include "core/crypto/token.h"

#include <openssl/engine.h>

#include <algorithm>

#include "core/crypto/openssl.h"

// OpenSSL 3.0 calls engines deprecated, but Debian 12 has nothing else that reaches a token.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace mailca::crypto {
namespace {

constexpr std::string_view kScheme = "pkcs11:";

}  // namespace

bool isTokenUri(std::string_view text) {
    constexpr std::string_view kLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:;=%[]@!$'()*+,";
    return text.starts_with(kScheme) && text.size() > kScheme.size() && text.size() <= 512 &&
           text.find_first_not_of(kLetters) == std::string_view::npos && text.find("pin-") == std::string_view::npos;
}

// Every key in memory belongs to a provider; an engine's belongs to none (and its engine is not the EVP_PKEY's own).
bool liesInToken(const evp_pkey_st* key) {
    return ::EVP_PKEY_get0_provider(key) == nullptr;
}

Result<Token> Token::open(const std::string& module, const Secret& pin) {
    ::ENGINE_load_builtin_engines();  // "dynamic" among them, which loads the others
    std::shared_ptr<ENGINE> engine(::ENGINE_by_id("pkcs11"), [](ENGINE* e) { ::ENGINE_free(e); });
    if (engine == nullptr) {
        return opensslError("OpenSSL has no engine for PKCS#11: install libengine-pkcs11-openssl", ErrorKind::Config);
    }
    const Secret pinText = [&pin] {  // a C string
        Secret out(pin.view().size() + 1);
        std::copy(pin.view().begin(), pin.view().end(), out.bytes().begin());
        return out;
    }();
    const bool ready = ::ENGINE_ctrl_cmd_string(engine.get(), "MODULE_PATH", module.c_str(), 0) == 1 &&
                       ::ENGINE_ctrl_cmd_string(engine.get(), "PIN", pinText.text().data(), 0) == 1 &&
                       ::ENGINE_init(engine.get()) == 1;
    if (!ready) return opensslError(module + ": is no PKCS#11 module that can be used", ErrorKind::Config);
    return Token(std::shared_ptr<ENGINE>(engine.get(), [engine](ENGINE* e) { ::ENGINE_finish(e); }));
}

Result<PrivateKey> Token::key(const std::string& uri) const {
    KeyPtr key(::ENGINE_load_private_key(m_engine.get(), uri.c_str(), nullptr, nullptr));
    if (key == nullptr) {
        return opensslError(uri + ": the token gives no such key (is it there, and is the PIN right?)",
                            ErrorKind::Unavailable);
    }
    return PrivateKey(std::shared_ptr<EVP_PKEY>(std::move(key)));
}

}  // namespace mailca::crypto
