#include "bench/load/tally.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>

namespace mailca::bench {
namespace {

double inMilliseconds(const ::timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

// User and system time of this process, all threads.
double ownCpu() {
    ::rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return inMilliseconds(usage.ru_utime) + inMilliseconds(usage.ru_stime);
}

}  // namespace

void Tally::add(const Tally& other) {
    posts += other.posts;
    polls += other.polls;
    latency.insert(latency.end(), other.latency.begin(), other.latency.end());
    for (const auto& [call, times] : other.calls) {
        calls[call].insert(calls[call].end(), times.begin(), times.end());
    }
    for (const auto& [reason, count] : other.failed) failed[reason] += count;
    abandoned += other.abandoned;
}

void Tally::print(std::ostream& out, double elapsed) const {
    const auto done = static_cast<double>(latency.size());
    const double each = std::max(done, 1.0);
    std::size_t failures = 0;
    for (const auto& [reason, count] : failed) {
        out << "failure: " << count << " x " << reason << "\n";
        failures += count;
    }
    out << "enrollments: " << latency.size() << "\n"
        << "failed: " << failures << "\n"
        << "abandoned: " << abandoned << "\n"
        << "elapsed_s: " << elapsed << " s\n"
        << "enrollments_per_s: " << done / elapsed << " /s\n"
        << "posts_per_enrollment: " << static_cast<double>(posts) / each << "\n"
        << "polls_per_enrollment: " << static_cast<double>(polls) / each << "\n"
        << "latency_p50_ms: " << quantile(latency, 0.5) << " ms\n"
        << "latency_p99_ms: " << quantile(latency, 0.99) << " ms\n"
        << "driver_cpu_per_enrollment_ms: " << ownCpu() / each << " ms\n";
    for (const auto& [call, times] : calls) out << call << "_p99_ms: " << quantile(times, 0.99) << " ms\n";
    out << std::flush;
}

double quantile(std::vector<double> values, double q) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const double rank = std::ceil(q * static_cast<double>(values.size()));
    return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

}  // namespace mailca::bench
