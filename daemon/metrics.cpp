#include "daemon/metrics.h"

#include "core/log.h"
#include "store/figures.h"
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

prometheus::ClientMetric labelled(const std::string& label, const std::string& value) {
    prometheus::ClientMetric metric;
    metric.label = {{label, value}};
    return metric;
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

std::vector<prometheus::MetricFamily> ServiceMetrics::Collect() const {
    std::vector<prometheus::MetricFamily> all = fromDatabase();
    const Freshness::State state = m_sources.freshness.state();
    all.push_back(fresh("mailca_crl_fresh_seconds", "Until the CA's first CRL shard is stale.", state.crls));
    all.push_back(fresh("mailca_ocsp_fresh_seconds", "For how long an OCSP answer signed in the last minute is good.",
                        state.ocsp));
    all.push_back(gauge("mailca_troubles", "What keeps the daemon from being ready; 0: it is.", m_sources.troubles()));
    return all;
}

std::vector<prometheus::MetricFamily> ServiceMetrics::fromDatabase() const {
    const std::lock_guard lock(m_mutex);
    const auto figures = store::readFigures(m_sources.database, m_auditHead);
    const auto mails = m_sources.mailsNew();
    if (!figures || !mails) {
        log::error("metrics.incomplete", {{"why", (figures ? mails.error() : figures.error()).text()}});
        return {};
    }
    m_auditHead = figures->auditHead;
    prometheus::MetricFamily acts{
        "mailca_acts_total", "Rows of the audit log since the start.", prometheus::MetricType::Counter, {}};
    for (const auto& [act, count] : figures->acts) m_acts[act] += count;
    for (const auto& [act, count] : m_acts) {
        acts.metric.push_back(labelled("act", act));
        acts.metric.back().counter.value = static_cast<double>(count);
    }
    prometheus::MetricFamily queues{
        "mailca_queue_depth", "What waits or is under way.", prometheus::MetricType::Gauge, {}};
    for (const auto& [queue, depth] : {std::pair{"issuance", figures->ordersInProgress},
                                       {"outbox", figures->mailsWaiting},
                                       {"notices", figures->noticesOwed},
                                       {"intake", static_cast<std::int64_t>(*mails)}}) {
        queues.metric.push_back(labelled("queue", queue));
        queues.metric.back().gauge.value = static_cast<double>(depth);
    }
    return {counter("mailca_certificates_total", "Certificates ever issued to subscribers.",
                    static_cast<std::uint64_t>(figures->certificates)),
            counter("mailca_revocations_total", "Revocations, of serials that came to nothing too.",
                    static_cast<std::uint64_t>(figures->revocations)),
            std::move(acts), std::move(queues)};
}

prometheus::MetricFamily ServiceMetrics::fresh(std::string name, std::string help,
                                               const std::map<std::string, Time>& ends) const {
    prometheus::MetricFamily family{std::move(name), std::move(help), prometheus::MetricType::Gauge, {}};
    for (const auto& [issuer, end] : ends) {
        family.metric.push_back(labelled("issuer", issuer));
        family.metric.back().gauge.value = static_cast<double>((end - m_sources.clock.now()).count());
    }
    return family;
}

}  // namespace mailca::daemon
