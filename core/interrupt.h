// What cuts waits for a descriptor short: set once, by any thread, and for good (eventfd(2)).
#pragma once

#include <chrono>

#include "core/descriptor.h"

namespace mailca {

// Thread-safe; any number of threads may wait.
class Interrupt final {
 public:
    Interrupt();  // throws std::runtime_error when the process has no descriptor left
    void set();
    bool isSet() const;

    // Whether `descriptor` is ready for one of `events` (poll(2)) before the time is over and before the interrupt.
    // A negative descriptor is never ready: a rest.
    bool awaits(int descriptor, short events, std::chrono::milliseconds atMost) const;

 private:
    Descriptor m_event;
};

}  // namespace mailca
