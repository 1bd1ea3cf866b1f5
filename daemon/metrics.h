// What /metrics tells. A name is mailca_ROOM_WHAT, in base units (seconds, bytes), a counter's ends in _total; each
// room that has something to tell gets a class here.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include "store/database.h"

namespace mailca::daemon {

// `database` must outlive it. Thread-safe.
class StoreMetrics final : public prometheus::Collectable {
 public:
    explicit StoreMetrics(const store::Database& database) : m_database(database) {}
    std::vector<prometheus::MetricFamily> Collect() const override;

 private:
    const store::Database& m_database;
};

// What the allocator keeps back; nothing under a sanitizer. Thread-safe.
class AllocatorMetrics final : public prometheus::Collectable {
 public:
    std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace mailca::daemon
