// Structured log lines on standard error: time, level, event, then fields. The library behind it stays in log.cpp.
//   log::info("order.issued", {{"order", id.text()}, {"profile", name}});
// Never hand over keys, tokens, pass-phrases or mail bodies. Thread-safe.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace mailca::log {

enum class Level { Debug, Info, Warning, Error };
enum class Format { Text, Json };
using Field = std::pair<std::string_view, std::string_view>;

void configure(Level lowest, Format format);  // once, at start; Info and Text otherwise
void debug(std::string_view event, std::initializer_list<Field> fields = {});
void info(std::string_view event, std::initializer_list<Field> fields = {});
void warning(std::string_view event, std::initializer_list<Field> fields = {});
void error(std::string_view event, std::initializer_list<Field> fields = {});

}  // namespace mailca::log
