#include "daemon/forgetting.h"

namespace mailca::daemon {
namespace {

constexpr seconds kBetweenPasses{24h};

}  // namespace

Result<void> Forgetting::turn() {
    const Time now = m_clock.now();
    if (now >= m_nextPass) {
        TRY(const bool more, m_retention.step(now - m_keep, now));
        if (!more) m_nextPass = now + kBetweenPasses;
        return {};
    }
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, 1min, [this] { return m_stopped; });
    return {};
}

void Forgetting::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
    }
    m_changed.notify_all();
}

}  // namespace mailca::daemon
