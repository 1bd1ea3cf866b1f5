#include "core/error.h"

#include <array>

namespace mailca {

const ErrorFacts& factsOf(ErrorKind kind) {
    static constexpr std::array<ErrorFacts, kErrorKindCount> kFacts{{
#define MAILCA_X(kind, urn, status, visibility) {ErrorKind::kind, #kind, urn, status, DetailVisibility::visibility},
        MAILCA_ERROR_KINDS(MAILCA_X)
#undef MAILCA_X
    }};
    return kFacts.at(static_cast<std::size_t>(kind));
}

std::string Error::text() const {
    return std::string(factsOf(kind).name) + ": " + detail;
}

}  // namespace mailca
