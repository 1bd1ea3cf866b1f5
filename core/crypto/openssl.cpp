#include "core/crypto/openssl.h"

#include <openssl/err.h>

namespace mailca::crypto {

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
