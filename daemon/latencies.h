// How long things take, as histograms for /metrics.
#pragma once

#include <prometheus/registry.h>

#include <chrono>
#include <memory>
#include <string>

#include "web/route.h"

namespace mailca::daemon {

// Thread-safe.
class Latencies final {
 public:
    Latencies();
    std::shared_ptr<const prometheus::Collectable> collectable() const { return m_registry; }

    // Of one route of a listener.
    web::Router::Observer requests(const std::string& listener, web::Method method, const std::string& route);
    void issuance(std::chrono::nanoseconds took);  // from finalize to recorded, or failed
    void mail(std::chrono::nanoseconds took);      // judged and recorded

 private:
    std::shared_ptr<prometheus::Registry> m_registry;
    prometheus::Family<prometheus::Histogram>& m_requests;
    prometheus::Histogram& m_issuance;
    prometheus::Histogram& m_mail;
};

}  // namespace mailca::daemon
