#include "core/rate_meter.h"

#include <algorithm>
#include <utility>

namespace mailca {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t kMost = 100'000'000;  // an hour of them is told apart in nanoseconds

}  // namespace

Rate Rate::times(int factor) const {
    return {static_cast<int>(std::min(std::int64_t{count} * factor, kMost)), per};
}

RateMeter::Moment RateMeter::emptyAt(const std::string& key) const {
    if (const auto young = m_young.find(key); young != m_young.end()) return young->second;
    const auto old = m_old.find(key);
    return old == m_old.end() ? Moment() : old->second;
}

seconds RateMeter::wait(const std::string& key, Rate rate, Time now) const {
    const nanoseconds per = rate.per;
    const nanoseconds over = std::max<Moment>(emptyAt(key), now) + per / rate.count - per - now;
    return std::max(std::chrono::ceil<seconds>(over), seconds{0});
}

void RateMeter::count(const std::string& key, Rate rate, Time now) {
    const Moment next = std::max<Moment>(emptyAt(key), now) + nanoseconds(rate.per) / rate.count;
    if (m_young.size() >= m_half) m_old = std::exchange(m_young, {});
    m_young.insert_or_assign(key, next);
}

}  // namespace mailca
