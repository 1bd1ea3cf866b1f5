#include "ca/tsa/clock.h"

#include <sys/timex.h>

namespace mailca::ca::tsa {

using std::chrono::microseconds;

Result<KernelTime> readKernelTime() {
    timex kernel{};
    const int state = ::adjtimex(&kernel);
    if (state < 0) return fail(ErrorKind::Unavailable, "the kernel does not tell the state of its clock (adjtimex)");
    const long fraction =
        (kernel.status & STA_NANO) != 0 ? kernel.time.tv_usec / 1'000'000 : kernel.time.tv_usec / 1000;
    return KernelTime{Instant(std::chrono::seconds{kernel.time.tv_sec} + milliseconds{fraction}),
                      state != TIME_ERROR && (kernel.status & STA_UNSYNC) == 0, state == TIME_OOP,
                      std::chrono::ceil<milliseconds>(microseconds{kernel.maxerror})};
}

Result<Instant> judge(const KernelTime& kernel, milliseconds tolerance) {
    if (!kernel.synchronised) {
        return fail(ErrorKind::Unavailable,
                    "the clock is not synchronised: let chrony or another NTP service keep it in step");
    }
    if (kernel.leapSecond) return fail(ErrorKind::Unavailable, "a leap second is being inserted");
    if (kernel.maxError > tolerance) {
        return fail(ErrorKind::Unavailable, "the clock may be " + std::to_string(kernel.maxError.count()) +
                                                " ms off, more than the tolerance of " +
                                                std::to_string(tolerance.count()) + " ms");
    }
    return kernel.time;
}

Result<Instant> KernelClock::now() const {
    TRY(const KernelTime kernel, readKernelTime());
    return judge(kernel, m_tolerance);
}

Result<Instant> UncheckedClock::now() const {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

}  // namespace mailca::ca::tsa
