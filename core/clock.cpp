#include "core/clock.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace mailca {
namespace {

std::tm utc(Time time) {
    const std::time_t value = static_cast<std::time_t>(toUnix(time));
    std::tm parts{};
    ::gmtime_r(&value, &parts);
    return parts;
}

std::string dated(Time time, std::string_view zone) {
    static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::tm t = utc(time);
    std::array<char, 64> out{};
    std::snprintf(out.data(), out.size(), "%s, %02d %s %04d %02d:%02d:%02d ",
                  kDays[static_cast<std::size_t>(t.tm_wday)], t.tm_mday, kMonths[static_cast<std::size_t>(t.tm_mon)],
                  t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
    return std::string(out.data()).append(zone);
}

// A run of exactly `digits` decimal digits at `at`, which moves behind it; -1 when there is none.
int number(std::string_view text, std::size_t& at, std::size_t digits) {
    if (at + digits > text.size()) return -1;
    int value = 0;
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + digits, value);
    if (error != std::errc{} || end != begin + digits || *begin == '-') return -1;
    at += digits;
    return value;
}

bool eat(std::string_view text, std::size_t& at, std::string_view anyOf) {
    if (at >= text.size() || anyOf.find(text[at]) == std::string_view::npos) return false;
    ++at;
    return true;
}

}  // namespace

Time SystemClock::now() const {
    return std::chrono::time_point_cast<seconds>(std::chrono::system_clock::now());
}

std::string toRfc3339(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::string out = "0000-00-00T00:00:00Z";
    const auto put = [&out](std::size_t at, std::size_t digits, unsigned value) {
        for (; digits > 0; value /= 10) out[at + --digits] = static_cast<char>('0' + value % 10);
    };
    put(0, 4, static_cast<unsigned>(static_cast<int>(date.year())));
    put(5, 2, static_cast<unsigned>(date.month()));
    put(8, 2, static_cast<unsigned>(date.day()));
    put(11, 2, static_cast<unsigned>(clock.hours().count()));
    put(14, 2, static_cast<unsigned>(clock.minutes().count()));
    put(17, 2, static_cast<unsigned>(clock.seconds().count()));
    return out;
}

Result<Time> parseRfc3339(std::string_view text) {
    const Error bad = fail(ErrorKind::Parse, "not a date and time of RFC 3339, as 2026-11-23T18:42:00Z is one");
    std::size_t at = 0;
    const int year = number(text, at, 4);
    if (year < 0 || !eat(text, at, "-")) return bad;
    const int month = number(text, at, 2);
    if (month < 0 || !eat(text, at, "-")) return bad;
    const int day = number(text, at, 2);
    if (day < 0 || !eat(text, at, "Tt ")) return bad;
    const int hour = number(text, at, 2);
    if (hour < 0 || hour > 23 || !eat(text, at, ":")) return bad;
    const int minute = number(text, at, 2);
    if (minute < 0 || minute > 59 || !eat(text, at, ":")) return bad;
    const int second = number(text, at, 2);
    if (second < 0 || second > 60) return bad;
    if (eat(text, at, ".")) {
        if (number(text, at, 1) < 0) return bad;
        while (number(text, at, 1) >= 0) {
        }
    }
    seconds offset{0};
    if (!eat(text, at, "Zz")) {
        const bool west = at < text.size() && text[at] == '-';
        if (!eat(text, at, "+-")) return bad;
        const int offsetHour = number(text, at, 2);
        if (offsetHour < 0 || offsetHour > 23 || !eat(text, at, ":")) return bad;
        const int offsetMinute = number(text, at, 2);
        if (offsetMinute < 0 || offsetMinute > 59) return bad;
        offset = std::chrono::hours{offsetHour} + std::chrono::minutes{offsetMinute};
        if (west) offset = -offset;
    }
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (at != text.size() || !date.ok()) return bad;
    return Time{std::chrono::sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           seconds{second} - offset;
}

std::string toHttpDate(Time time) {
    return dated(time, "GMT");
}
std::string toMailDate(Time time) {
    return dated(time, "+0000");
}

}  // namespace mailca
