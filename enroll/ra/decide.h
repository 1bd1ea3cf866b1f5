// A write that finds another state than it expects says Conflict: read again, decide again, at most three times.
#pragma once

#include "core/result.h"

namespace mailca::ra {

// `attempt` reads, decides and writes. After the third Conflict: Unavailable, and the client may ask again.
template <typename Attempt>
auto decide(const Attempt& attempt) -> decltype(attempt()) {
    constexpr int kAttempts = 3;
    for (int i = 0; i < kAttempts; ++i) {
        auto outcome = attempt();
        if (outcome.has_value() || outcome.error().kind != ErrorKind::Conflict) return outcome;
    }
    return fail(ErrorKind::Unavailable, "others are changing the same thing at this moment; ask again");
}

}  // namespace mailca::ra
