// What the API does to find out whether a client copes with it: everything here is allowed by RFC 8555, and rare. By
// default nothing of it happens; only an installation for tests can be configured otherwise (docs/decisions/chaos.md).
#pragma once

#include <functional>
#include <string>

#include "core/random.h"
#include "enroll/ra/chance.h"

namespace mailca::acme {

struct ChaosSettings {
    int badNonces = 0;                  // of a hundred good nonces: spent, and refused
    int retryAfterSeconds = 1;          // what Retry-After says while mail or an issuance is under way
    bool finalizeIsProcessing = false;  // finalize is answered before anything is issued
};

class Chaos {
 public:
    Chaos(ChaosSettings settings, Random& random) : m_settings(settings), m_random(random) {}

    bool refusesNonce() const { return ra::happens(m_settings.badNonces, m_random); }
    std::string retryAfter() const { return std::to_string(m_settings.retryAfterSeconds); }
    bool finalizeIsProcessing() const { return m_settings.finalizeIsProcessing; }

 private:
    ChaosSettings m_settings;
    std::reference_wrapper<Random> m_random;
};

}  // namespace mailca::acme
