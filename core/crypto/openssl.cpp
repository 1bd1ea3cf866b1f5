#include "core/crypto/openssl.h"

#include <openssl/err.h>
#include <openssl/provider.h>

namespace mailca::crypto {
namespace {

OSSL_LIB_CTX* bareContext() {
    static OSSL_LIB_CTX* const kBare = [] {
        OSSL_LIB_CTX* context = ::OSSL_LIB_CTX_new();
        if (context == nullptr || ::OSSL_PROVIDER_load(context, "null") == nullptr) {
            throw std::runtime_error(opensslError("no library context without providers").detail);
        }
        return context;
    }();
    return kBare;
}

}  // namespace

const EVP_MD* fetchedDigest(const char* name) {
    const EVP_MD* const kind = ::EVP_MD_fetch(nullptr, name, nullptr);
    if (kind == nullptr) throw std::runtime_error(opensslError("a digest is not there").detail);
    return kind;
}

WithoutKeyDecoders::WithoutKeyDecoders() : m_usual(::OSSL_LIB_CTX_set0_default(bareContext())) {}
WithoutKeyDecoders::~WithoutKeyDecoders() {
    ::OSSL_LIB_CTX_set0_default(m_usual);
}

Error opensslError(const std::string& what, ErrorKind kind) {
    const unsigned long code = ::ERR_peek_error();
    const char* reason = code == 0 ? nullptr : ::ERR_reason_error_string(code);
    std::string detail = what;
    if (reason != nullptr) detail.append(" (").append(reason).append(")");
    dropOpensslErrors();
    return fail(kind, std::move(detail));
}

void dropOpensslErrors() {
    ::ERR_clear_error();
}

}  // namespace mailca::crypto
