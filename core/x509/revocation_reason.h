// Why a certificate is revoked (CRLReason, RFC 5280 section 5.3.1), by the names that operators and subscribers use:
// what standards B47 and D50 leave of the list (no certificateHold, no CA's reasons).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace mailca::x509 {

struct RevocationReason {
    std::string_view name;
    int code;
};

inline constexpr int kUnspecified = 0;  // never written: the entry goes without a reason (D50)
inline constexpr int kKeyCompromise = 1;
inline constexpr std::array<RevocationReason, 6> kRevocationReasons{{{"unspecified", kUnspecified},
                                                                     {"keyCompromise", kKeyCompromise},
                                                                     {"affiliationChanged", 3},
                                                                     {"superseded", 4},
                                                                     {"cessationOfOperation", 5},
                                                                     {"privilegeWithdrawn", 9}}};

// nullopt: there is no such name.
std::optional<int> revocationReasonNamed(std::string_view name);
// "other": a code that is not in the table.
std::string_view nameOfRevocationReason(int code);
// "unspecified, keyCompromise, ...", for errors.
std::string revocationReasonNames();

}  // namespace mailca::x509
