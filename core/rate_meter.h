// How often something may happen, by the generic cell rate algorithm (ITU-T I.371; a leaky bucket that needs one number
// a key): `count` at once, then one each `per / count`.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "core/clock.h"

namespace mailca {

struct Rate {
    int count = 0;  // 1 or more
    seconds per{0};
    Rate times(int factor) const;
};

// Counters of many keys in memory. They forget with the process, and the keys unused longest once there are `most`. Not
// thread-safe: whoever asks several meters at once holds one lock for all.
class RateMeter {
 public:
    explicit RateMeter(std::size_t most = 1 << 16) : m_half(most / 2) {}

    // How long until one more is allowed; 0: now. Counts nothing.
    seconds wait(const std::string& key, Rate rate, Time now) const;
    void count(const std::string& key, Rate rate, Time now);
    std::size_t size() const { return m_young.size() + m_old.size(); }

 private:
    // When the bucket of a key is empty again: a time, so that askers with different rates may share a key.
    using Moment = std::chrono::sys_time<std::chrono::nanoseconds>;
    Moment emptyAt(const std::string& key) const;
    const std::size_t m_half;
    std::unordered_map<std::string, Moment> m_young, m_old;
};

}  // namespace mailca
