#include "core/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>

#include "core/json/json.h"

namespace mailca::log {
namespace {

std::atomic<Format> g_format{Format::Text};

spdlog::logger& logger() {
    static const auto instance = [] {
        auto made = std::make_shared<spdlog::logger>("mailca", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
        made->flush_on(spdlog::level::debug);
        return made;
    }();
    return *instance;
}

// JSON strings quote and escape whatever a foreign value holds, so that no value can forge a line.
std::string render(std::string_view event, std::initializer_list<Field> fields) {
    if (g_format.load() == Format::Json) {
        json::Value line = json::object({{"event", event}});
        for (const auto& [key, value] : fields) line.set(std::string(key), value);
        return line.dump();
    }
    std::string line(event);
    for (const auto& [key, value] : fields) {
        line.append(" ").append(key).append("=").append(json::Value(value).dump());
    }
    return line;
}

void write(spdlog::level::level_enum level, std::string_view event, std::initializer_list<Field> fields) {
    if (logger().should_log(level)) logger().log(level, "{}", render(event, fields));
}

}  // namespace

void configure(Level lowest, Format format) {
    static constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                            spdlog::level::warn, spdlog::level::err};
    logger().set_level(kLevels[static_cast<int>(lowest)]);
    g_format.store(format);
    if (format == Format::Json) {
        logger().set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","record":%v})",
                             spdlog::pattern_time_type::utc);
    }
}

void debug(std::string_view event, std::initializer_list<Field> fields) {
    write(spdlog::level::debug, event, fields);
}
void info(std::string_view event, std::initializer_list<Field> fields) {
    write(spdlog::level::info, event, fields);
}
void warning(std::string_view event, std::initializer_list<Field> fields) {
    write(spdlog::level::warn, event, fields);
}
void error(std::string_view event, std::initializer_list<Field> fields) {
    write(spdlog::level::err, event, fields);
}

}  // namespace mailca::log
