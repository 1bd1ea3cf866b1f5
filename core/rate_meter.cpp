#include "core/rate_meter.h"

#include <algorithm>
#include <utility>

namespace mailca {
namespace {

constexpr std::int64_t kMost = 100'000'000;  // what RateMeter can reckon with, whatever the time

}  // namespace

Rate Rate::times(int factor) const {
    return {static_cast<int>(std::min(std::int64_t{count} * factor, kMost)), per};
}

std::int64_t RateMeter::emptyAt(const std::string& key) const {
    if (const auto young = m_young.find(key); young != m_young.end()) return young->second;
    const auto old = m_old.find(key);
    return old == m_old.end() ? 0 : old->second;
}

seconds RateMeter::wait(const std::string& key, Rate rate, Time now) const {
    const std::int64_t units = toUnix(now) * rate.count, full = rate.per.count() * rate.count;
    const std::int64_t over = std::max(emptyAt(key), units) + rate.per.count() - full - units;
    return seconds{over <= 0 ? 0 : (over + rate.count - 1) / rate.count};
}

void RateMeter::count(const std::string& key, Rate rate, Time now) {
    const std::int64_t next = std::max(emptyAt(key), toUnix(now) * rate.count) + rate.per.count();
    if (m_young.size() >= m_half) m_old = std::exchange(m_young, {});
    m_young.insert_or_assign(key, next);
}

}  // namespace mailca
