// When a mail that could not be sent is tried again: after 5 s, then twice as long each time, up to an hour.
#pragma once

#include <algorithm>

#include "core/clock.h"

namespace mailca::outbox {

inline constexpr seconds kFirstRetry{5};
inline constexpr seconds kLongestRetry{1h};

inline seconds retryAfter(int attempts) {
    return std::min<seconds>(kFirstRetry * (1LL << std::clamp(attempts, 0, 10)), kLongestRetry);
}

}  // namespace mailca::outbox
