#include "daemon/latencies.h"

#include <prometheus/histogram.h>

#include <array>
#include <atomic>

namespace mailca::daemon {
namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;

const Buckets& buckets() {
    static const Buckets kSeconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60};
    return kSeconds;
}

double secondsOf(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

prometheus::Histogram& histogram(prometheus::Registry& registry, const std::string& name, const std::string& help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, buckets());
}

}  // namespace

Latencies::Latencies()
    : m_registry(std::make_shared<prometheus::Registry>()),
      m_requests(prometheus::BuildHistogram()
                     .Name("mailca_http_request_seconds")
                     .Help("From a request read to its answer made.")
                     .Register(*m_registry)),
      m_issuance(histogram(*m_registry, "mailca_issuance_seconds", "From a finalized order to its end.")),
      m_mail(histogram(*m_registry, "mailca_mail_judged_seconds", "From a mail found to it judged and recorded.")) {}

// The registry finds a histogram by comparing labels, which costs more than a small handler: asked once for each.
web::Router::Observer Latencies::requests(const std::string& listener, web::Method method, const std::string& route) {
    struct OfRoute {
        prometheus::Labels labels;
        std::array<std::atomic<prometheus::Histogram*>, 6> byClass{};  // 2xx at 2
    };
    const auto of = std::make_shared<OfRoute>();
    of->labels = {{"listener", listener}, {"method", std::string(web::nameOf(method))}, {"route", route}};
    return [this, of](int status, std::chrono::nanoseconds took) {
        const auto hundreds = static_cast<std::size_t>(status / 100);
        auto& known = of->byClass.at(hundreds);
        prometheus::Histogram* histogram = known.load();
        if (histogram == nullptr) {
            prometheus::Labels labels = of->labels;
            labels["status"] = std::to_string(hundreds) + "xx";
            histogram = &m_requests.Add(labels, buckets());  // the same one for whoever else asks now
            known.store(histogram);
        }
        histogram->Observe(secondsOf(took));
    };
}

void Latencies::issuance(std::chrono::nanoseconds took) {
    m_issuance.Observe(secondsOf(took));
}
void Latencies::mail(std::chrono::nanoseconds took) {
    m_mail.Observe(secondsOf(took));
}

}  // namespace mailca::daemon
