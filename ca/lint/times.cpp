#include "ca/lint/times.h"

namespace mailca::ca::lint {
namespace {

int number(std::string_view digits) {
    int value = 0;
    for (const char digit : digits) value = value * 10 + (digit - '0');
    return value;
}

// "20261123184200", digits only.
std::optional<Time> momentOf(std::string_view digits) {
    if (digits.size() != 14 || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{number(digits.substr(0, 4))},
                                           std::chrono::month{static_cast<unsigned>(number(digits.substr(4, 2)))},
                                           std::chrono::day{static_cast<unsigned>(number(digits.substr(6, 2)))}};
    const int hours = number(digits.substr(8, 2)), minutes = number(digits.substr(10, 2)),
              secs = number(digits.substr(12, 2));
    if (!date.ok() || hours > 23 || minutes > 59 || secs > 59) return std::nullopt;
    return std::chrono::sys_days{date} + std::chrono::hours{hours} + std::chrono::minutes{minutes} + seconds{secs};
}

}  // namespace

std::optional<Time> readTime(const Element& time) {
    if (time.tag != tag::kUtcTime) {
        const auto moment = readGeneralizedTime(time);
        return moment && asText(time.content) >= "2050" ? moment : std::nullopt;
    }
    const std::string_view text = asText(time.content);
    if (text.size() != 13 || text.back() != 'Z') return std::nullopt;
    // Years 50 to 99 are of the twentieth century.
    return momentOf((text >= "50" ? "19" : "20") + std::string(text.substr(0, 12)));
}

std::optional<Time> readGeneralizedTime(const Element& time) {
    const std::string_view text = asText(time.content);
    if (time.tag != tag::kGeneralizedTime || text.size() != 15 || text.back() != 'Z') return std::nullopt;
    return momentOf(text.substr(0, 14));
}

}  // namespace mailca::ca::lint
