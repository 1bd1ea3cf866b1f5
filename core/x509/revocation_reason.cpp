#include "core/x509/revocation_reason.h"

namespace mailca::x509 {

std::optional<int> revocationReasonNamed(std::string_view name) {
    for (const RevocationReason& reason : kRevocationReasons) {
        if (reason.name == name) return reason.code;
    }
    return std::nullopt;
}

std::string_view nameOfRevocationReason(int code) {
    for (const RevocationReason& reason : kRevocationReasons) {
        if (reason.code == code) return reason.name;
    }
    return "other";
}

std::string revocationReasonNames() {
    std::string names;
    for (const RevocationReason& reason : kRevocationReasons) {
        names.append(names.empty() ? "" : ", ").append(reason.name);
    }
    return names;
}

}  // namespace mailca::x509
