// Judges which issuing CA an OCSP request asks, and has the answers signed in its name, by delegates that it changes in
// time.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "ca/authority.h"
#include "ca/ledger.h"
#include "ca/ocsp/request.h"
#include "ca/ocsp/response.h"
#include "ca/signer/signer.h"
#include "core/clock.h"

namespace mailca::ca::ocsp {

// Thread-safe. What it is made of must outlive it.
class Responder final {
 public:
    Responder(const Authority& authority, Signer& signer, ServiceLedger& ledger, const Clock& clock);
    ~Responder();

    // The CA that every id of the request names. Unauthorized: it is none of ours, or they name several (F16, F24).
    Result<const Issuer*> issuerOf(const Request& request) const;
    // One signature, by the issuer's present delegate; a new one takes over in time by itself. Errors as the
    // signer's, and the ledger's when there is no delegate and none can be made.
    Result<SignedResponse> sign(const Issuer& issuer, std::vector<SingleResponse> responses, const Bytes& nonce);

 private:
    struct Known;  // an issuer under one hash
    struct Slot;   // an issuer's present delegate
    Result<x509::Certificate> delegateOf(const Issuer& issuer, Time now);
    Result<x509::Certificate> makeDelegate(const Issuer& issuer, Time now);
    void forget(const Issuer& issuer, const x509::Certificate& delegate);

    Signer& m_signer;
    ServiceLedger& m_ledger;
    const Clock& m_clock;
    std::vector<Known> m_known;
    std::map<const Issuer*, std::unique_ptr<Slot>> m_slots;
};

}  // namespace mailca::ca::ocsp
