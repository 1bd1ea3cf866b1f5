#include "daemon/latencies.h"

#include <prometheus/histogram.h>

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

web::Router::Observer Latencies::requests(std::string listener) {
    return [this, listener = std::move(listener)](web::Method method, const std::string& pattern, int status,
                                                  std::chrono::nanoseconds took) {
        m_requests
            .Add({{"listener", listener},
                  {"method", std::string(web::nameOf(method))},
                  {"route", pattern},
                  {"status", std::to_string(status / 100) + "xx"}},
                 buckets())
            .Observe(secondsOf(took));
    };
}

void Latencies::issuance(std::chrono::nanoseconds took) {
    m_issuance.Observe(secondsOf(took));
}
void Latencies::mail(std::chrono::nanoseconds took) {
    m_mail.Observe(secondsOf(took));
}

}  // namespace mailca::daemon
