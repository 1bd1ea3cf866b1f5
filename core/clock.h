// Time by constructor: whoever needs the time holds a Clock, so that tests can move it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mailca {

// A moment in UTC, in whole seconds: what certificates, CRLs, RFC 3339 and the store hold.
using Time = std::chrono::sys_seconds;
using std::chrono::seconds;
using namespace std::chrono_literals;

class Clock {
 public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;  // thread-safe
};

class SystemClock final : public Clock {
 public:
    Time now() const override;
};

// "2026-11-23T18:42:00Z" (RFC 3339, always UTC, no fraction).
std::string toRfc3339(Time time);
// Accepts what RFC 3339 does: a fraction is cut off, an offset is applied. Parse error otherwise.
Result<Time> parseRfc3339(std::string_view text);
// "Mon, 23 Nov 2026 18:42:00 GMT" (RFC 9110 section 5.6.7), for HTTP; the same with "+0000" for mail (RFC 5322).
std::string toHttpDate(Time time);
std::string toMailDate(Time time);

inline std::int64_t toUnix(Time time) {
    return time.time_since_epoch().count();
}
inline Time fromUnix(std::int64_t secondsSinceEpoch) {
    return Time{seconds{secondsSinceEpoch}};
}

}  // namespace mailca
