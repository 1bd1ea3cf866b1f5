// A clock that stands still until a test moves it.
#pragma once

#include <atomic>

#include "core/clock.h"

namespace mailca::test {

class FakeClock final : public Clock {
 public:
    // 2026-11-23T12:00:00Z unless told otherwise.
    explicit FakeClock(Time start = fromUnix(1795435200)) : m_now(toUnix(start)) {}

    Time now() const override { return fromUnix(m_now.load()); }
    void set(Time time) { m_now.store(toUnix(time)); }
    void advance(seconds by) { m_now.fetch_add(by.count()); }

 private:
    std::atomic<std::int64_t> m_now;
};

}  // namespace mailca::test
