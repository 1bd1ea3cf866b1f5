// A delegated responder (standards F17): a key made in memory, certified by the issuing CA whose certificates it speaks
// of. It lives for days and ends with the signer; nobody has to look after it.
#pragma once

#include "ca/authority.h"
#include "ca/ocsp/response.h"
#include "ca/signing.h"
#include "core/random.h"

namespace mailca::ca::ocsp {

struct Delegate {
    crypto::PrivateKey key;
    x509::Certificate certificate;
};

// The certificate of a delegate with this key, linted. Lint.
Result<LintedTbs> prepareDelegate(const Issuer& issuer, const crypto::PublicKey& key, Time now, Random& random);

// Good for a day, at most as long as the delegate. Lint: also when the delegate is too near its end (D48).
Result<SignedResponse> signResponse(const Delegate& delegate, std::vector<SingleResponse> responses, const Bytes& nonce,
                                    Time now);

}  // namespace mailca::ca::ocsp
