// The time that a timestamp may state: only a clock that somebody keeps in step with UTC gives one (standards E12, E21,
// E22).
#pragma once

#include <chrono>

#include "core/clock.h"

namespace mailca::ca::tsa {

using std::chrono::milliseconds;
using Instant = std::chrono::sys_time<milliseconds>;

class TrustedClock {
 public:
    virtual ~TrustedClock() = default;
    // Unavailable, with the reason, while the time cannot be trusted. Thread-safe, costs a microsecond.
    virtual Result<Instant> now() const = 0;
};

// What the kernel says of its clock (adjtimex(2)).
struct KernelTime {
    Instant time;
    bool synchronised;      // neither STA_UNSYNC nor TIME_ERROR
    bool leapSecond;        // one is being inserted: 23:59:60 has no name here
    milliseconds maxError;  // to UTC, as whoever keeps the clock in step estimates it
};
Result<KernelTime> readKernelTime();
// Unavailable unless this time is within `tolerance` of UTC.
Result<Instant> judge(const KernelTime& kernel, milliseconds tolerance);

class KernelClock final : public TrustedClock {
 public:
    explicit KernelClock(milliseconds tolerance) : m_tolerance(tolerance) {}
    Result<Instant> now() const override;

 private:
    const milliseconds m_tolerance;
};

// For machines that nobody keeps in step: believes the system's time whatever it is.
class UncheckedClock final : public TrustedClock {
 public:
    Result<Instant> now() const override;
};

}  // namespace mailca::ca::tsa
