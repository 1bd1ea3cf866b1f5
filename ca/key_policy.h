// The only judge of public keys (standards D8, D9, D13): types and sizes the profile allows, exponents, small factors,
// close primes, ROCA, keys on the lists of weak ones. Keys that were blocked, and keys of ACME accounts, are the
// store's to know: the ledger's transaction refuses them.
#pragma once

#include "ca/profile.h"
#include "core/proof/proof.h"

namespace mailca::ca {

class KeyPolicy {
 public:
    // BadPublicKey with what to do ("use RSA with 2048 to 4096 bits, or P-256 or P-384"). Thread-safe.
    static Result<GoodKey> check(const crypto::PublicKey& key, const Profile& profile);
};

}  // namespace mailca::ca
