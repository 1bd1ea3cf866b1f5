// A subscriber's certificate, built from its profile and linted: ready to be signed (docs/issuance-cycle.md, step 5).
#pragma once

#include "ca/authority.h"
#include "ca/issuance_request.h"
#include "ca/signing.h"
#include "core/random.h"

namespace mailca::ca {

// With a new serial number. Caa (the answer is too old at `now`), BadCsr (a use that the profile does not give), Lint.
// Throws std::logic_error for proofs that speak of different things.
Result<LintedTbs> prepareCertificate(const IssuanceRequest& request, const Issuer& issuer, Time now, Random& random);

}  // namespace mailca::ca
