// The service's own timestamps (RFC 3161, RFC 5816; standards E8-E20): a query's bytes in, a reply's bytes out.
#pragma once

#include <functional>
#include <vector>

#include "ca/tsa/clock.h"
#include "ca/tsa/token.h"
#include "core/random.h"

namespace mailca::ca::tsa {

// Why there is no token: bits of PKIFailureInfo (RFC 3161 section 2.4.2).
enum class Failure : unsigned {
    BadAlg = 0,
    BadRequest = 2,
    BadDataFormat = 5,
    TimeNotAvailable = 14,
    UnacceptedPolicy = 15,
    UnacceptedExtension = 16,
    SystemFailure = 25
};
// TimeStampResp with status rejection.
Bytes encodeRejection(Failure failure, std::string_view text);

// Thread-safe. What it is made of must outlive it.
class Timestamps final {
 public:
    // `units`: those that sign today, one for SM2 and one for the rest, or one of them. `accuracy`: stated in every
    // token; `clock` keeps it or gives no time. At most 1 s (E22).
    Timestamps(std::vector<TokenWriter> units, const TrustedClock& clock, Random& random, milliseconds accuracy);

    // Always a TimeStampResp: granted, or a rejection that says why. A query is answered by the unit whose policy it
    // names; without a policy, by the SM2 unit for an SM3 imprint and by the other one for every other.
    // A unit among `revokedUnits` gives none any more.
    Bytes answer(ByteView query, const std::vector<std::string>& revokedUnits = {}) const;

 private:
    const TokenWriter* unitFor(const Query& query) const;  // nullptr: none with the policy that it names
    Bytes stamp(const Query& query, const TokenWriter& unit) const;

    std::vector<TokenWriter> m_units;
    const TrustedClock& m_clock;
    Random& m_random;
    const milliseconds m_accuracy;
};

}  // namespace mailca::ca::tsa
