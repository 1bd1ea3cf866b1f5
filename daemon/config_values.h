// Values that several readers of mailcad.toml read the same way.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "core/toml/table.h"

namespace mailca::daemon {

// A path in the file is relative to the file.
inline std::string beside(const std::filesystem::path& directory, const std::string& path) {
    return path.empty() ? path : (directory / path).lexically_normal().string();
}

inline Result<int> readCount(toml::Table& table, std::string_view key, int otherwise, int most) {
    TRY(const std::int64_t value, table.integerOr(key, otherwise));
    if (value < 0 || value > most) return table.wrong(key, "must be from 0 to " + std::to_string(most));
    return static_cast<int>(value);
}

template <typename T>
Result<T> readChoice(toml::Table& table, std::string_view key, const std::map<std::string, T>& choices,
                     const std::string& otherwise) {
    TRY(const std::string text, table.stringOr(key, otherwise));
    const auto found = choices.find(text);
    if (found != choices.end()) return found->second;
    std::string names;
    for (const auto& [name, value] : choices) names += (names.empty() ? "" : ", ") + name;
    return table.wrong(key, "must be one of " + names);
}

}  // namespace mailca::daemon
