// The service's own timestamps (RFC 3161, RFC 5816; standards E8-E20): a query's bytes in, a reply's bytes out.
#pragma once

#include "ca/authority.h"
#include "ca/tsa/clock.h"
#include "core/random.h"

namespace mailca::ca::tsa {

// Why there is no token: bits of PKIFailureInfo (RFC 3161 section 2.4.2).
enum class Failure : unsigned { BadDataFormat = 5, SystemFailure = 25 };
// TimeStampResp with status rejection.
Bytes encodeRejection(Failure failure, std::string_view text);

// Thread-safe. What it is made of must outlive it.
class Timestamps final {
 public:
    // `accuracy`: stated in every token; `clock` keeps it or gives no time. At most 1 s (E22).
    Timestamps(const TimestampUnit& unit, const TrustedClock& clock, Random& random, milliseconds accuracy);

    // Always a TimeStampResp: granted, or a rejection that says why.
    Bytes answer(ByteView query) const;

 private:
    struct Call;
    Result<Bytes> respond(ByteView query) const;

    const TimestampUnit& m_unit;
    const TrustedClock& m_clock;
    Random& m_random;
    const milliseconds m_accuracy;
    const Time m_keyEnd;
};

}  // namespace mailca::ca::tsa
