#include "daemon/health.h"

namespace mailca::daemon {
namespace {

constexpr std::chrono::seconds kGoodFor{5};

}  // namespace

void Health::add(std::string what, std::function<Result<void>()> check) {
    m_checks.emplace_back(std::move(what), std::move(check));
}

std::vector<std::pair<std::string, std::string>> Health::troubles() {
    const std::lock_guard lock(m_mutex);
    const auto now = std::chrono::steady_clock::now();
    if (m_looked && now - *m_looked < kGoodFor) return m_troubles;
    m_troubles.clear();
    for (const auto& [what, check] : m_checks) {
        if (const auto good = check(); !good) m_troubles.emplace_back(what, good.error().detail);
    }
    m_looked = now;
    return m_troubles;
}

}  // namespace mailca::daemon
