#include "daemon/metrics.h"

#include "store/sqlite/memory.h"

// tcmalloc's (gperftools/malloc_extension_c.h); not there where a sanitizer brings its own allocator.
extern "C" int MallocExtension_GetNumericProperty(const char* property, std::size_t* value) __attribute__((weak));

namespace mailca::daemon {
namespace {

prometheus::MetricFamily counter(std::string name, std::string help, std::uint64_t value) {
    prometheus::ClientMetric metric;
    metric.counter.value = static_cast<double>(value);
    return {std::move(name), std::move(help), prometheus::MetricType::Counter, {std::move(metric)}};
}

prometheus::MetricFamily gauge(std::string name, std::string help, std::uint64_t value) {
    prometheus::ClientMetric metric;
    metric.gauge.value = static_cast<double>(value);
    return {std::move(name), std::move(help), prometheus::MetricType::Gauge, {std::move(metric)}};
}

}  // namespace

std::vector<prometheus::MetricFamily> StoreMetrics::Collect() const {
    const store::Statistics now = m_database.statistics();
    return {counter("mailca_store_transactions_total", "Transactions made durable.", now.transactions),
            counter("mailca_store_commits_total", "Commits that made them durable.", now.commits),
            counter("mailca_store_checkpoints_total", "Copies of the log into the database.", now.checkpoints),
            gauge("mailca_store_waiting", "Transactions that wait for the writer.", now.waiting),
            gauge("mailca_store_memory_bytes", "Memory that SQLite holds: page caches and statements.",
                  store::sqlite::memoryInUse())};
}

std::vector<prometheus::MetricFamily> AllocatorMetrics::Collect() const {
    std::size_t cached = 0;
    if (MallocExtension_GetNumericProperty == nullptr ||
        MallocExtension_GetNumericProperty("tcmalloc.current_total_thread_cache_bytes", &cached) == 0) {
        return {};
    }
    return {
        gauge("mailca_allocator_cache_bytes", "Freed memory that threads keep for their next allocations.", cached)};
}

}  // namespace mailca::daemon
