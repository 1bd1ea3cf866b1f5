// What /metrics tells. A name is mailca_ROOM_WHAT, in base units (seconds, bytes), a counter's ends in _total; each
// room that has something to tell gets a class here.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "core/clock.h"
#include "daemon/freshness.h"
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

// What the database holds, how much waits, how long what relying parties fetch is still good. All of it must
// outlive it. Thread-safe.
class ServiceMetrics final : public prometheus::Collectable {
 public:
    struct Sources {
        store::Database& database;
        const Freshness& freshness;
        const Clock& clock;
        std::function<Result<std::size_t>()> mailsNew;  // replies that nobody has judged yet
        std::function<std::size_t()> troubles;          // what keeps the daemon from being ready
    };
    // Acts are counted from row `auditHead` on.
    ServiceMetrics(Sources sources, std::int64_t auditHead) : m_sources(std::move(sources)), m_auditHead(auditHead) {}
    // Without the families that cannot be told now; the log says why.
    std::vector<prometheus::MetricFamily> Collect() const override;

 private:
    std::vector<prometheus::MetricFamily> fromDatabase() const;
    prometheus::MetricFamily fresh(std::string name, std::string help, const std::map<std::string, Time>& ends) const;

    const Sources m_sources;
    mutable std::mutex m_mutex;  // guards what follows
    mutable std::int64_t m_auditHead;
    mutable std::map<std::string, std::int64_t> m_acts;  // how often since the start
};

}  // namespace mailca::daemon
