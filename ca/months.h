// Calendar months, as the rulebooks count the life of keys and certificates.
#pragma once

#include "core/clock.h"

namespace mailca::ca {

// The same day of the month and time of the day, or the month's last day when it is shorter.
inline Time monthsLater(Time start, std::chrono::months count) {
    const auto day = std::chrono::floor<std::chrono::days>(start);
    auto end = std::chrono::year_month_day{day} + count;
    if (!end.ok()) end = end.year() / end.month() / std::chrono::last;
    return std::chrono::sys_days{end} + (start - day);
}

}  // namespace mailca::ca
