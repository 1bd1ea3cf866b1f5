// Values that several readers of mailcad.toml read the same way.
#pragma once

#include <string>
#include <string_view>

#include "core/toml/table.h"

namespace mailca::daemon {

inline Result<int> readCount(toml::Table& table, std::string_view key, int otherwise, int most) {
    TRY(const std::int64_t value, table.integerOr(key, otherwise));
    if (value < 0 || value > most) return table.wrong(key, "must be from 0 to " + std::to_string(most));
    return static_cast<int>(value);
}

}  // namespace mailca::daemon
