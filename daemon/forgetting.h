// The worker that erases evidence once its time is over: one pass a day.
#pragma once

#include <condition_variable>
#include <mutex>

#include "store/retention.h"

namespace mailca::daemon {

// Turns are for one worker. Everything given by reference must outlive it.
class Forgetting {
 public:
    // `keep`: how long evidence is kept after the last thing that rests on it has ended.
    Forgetting(store::Database& database, seconds keep, const Clock& clock)
        : m_retention(database), m_keep(keep), m_clock(clock) {}

    Result<void> turn();  // a piece of a pass, or a wait of a minute
    void stop();          // thread-safe; cuts the wait short, from now on

 private:
    store::Retention m_retention;
    const seconds m_keep;
    const Clock& m_clock;
    Time m_nextPass{};

    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopped = false;
};

}  // namespace mailca::daemon
