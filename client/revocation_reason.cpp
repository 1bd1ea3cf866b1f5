#include "client/revocation_reason.h"

#include <array>
#include <string>
#include <utility>

namespace mailca::client {

Result<int> parseRevocationReason(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, int>, 6> kReasons{{{"unspecified", 0},
                                                                               {"keyCompromise", 1},
                                                                               {"affiliationChanged", 3},
                                                                               {"superseded", 4},
                                                                               {"cessationOfOperation", 5},
                                                                               {"privilegeWithdrawn", 9}}};
    if (name.empty()) return 0;
    std::string known;
    for (const auto& [text, code] : kReasons) {
        if (text == name) return code;
        known += " " + std::string(text);
    }
    return fail(ErrorKind::Config, "\"" + std::string(name) + "\" is no reason; there are:" + known);
}

}  // namespace mailca::client
