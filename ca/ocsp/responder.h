// Judges which issuing CA an OCSP request asks, and signs the answers in its name.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "ca/ocsp/delegate.h"
#include "ca/ocsp/request.h"
#include "ca/ocsp/response.h"
#include "core/clock.h"

namespace mailca::ca::ocsp {

struct SignedResponse {
    Bytes der;
    Time thisUpdate;
    Time nextUpdate;
};

// Thread-safe. What it is made of must outlive it.
class Responder final {
 public:
    Responder(const Authority& authority, ServiceLedger& ledger, const Clock& clock, Random& random);
    ~Responder();

    // The CA that every id of the request names. Unauthorized: it is none of ours, or they name several (F16, F24).
    Result<const Issuer*> issuerOf(const Request& request) const;
    // One signature, by the issuer's present delegate; a new one takes over in time by itself. Errors as the ledger's
    // when there is none and none can be made.
    Result<SignedResponse> sign(const Issuer& issuer, std::vector<SingleResponse> responses, const Bytes& nonce);

 private:
    struct Known;  // an issuer under one hash
    struct Slot;   // an issuer's present delegate
    Result<std::shared_ptr<const Delegate>> delegateOf(const Issuer& issuer, Time now);

    ServiceLedger& m_ledger;
    const Clock& m_clock;
    Random& m_random;
    std::vector<Known> m_known;
    std::map<const Issuer*, std::unique_ptr<Slot>> m_slots;
};

}  // namespace mailca::ca::ocsp
