// The only judge of public keys (standards D8, D9, D13): sizes, exponents, small factors, close primes, types the
// profile allows. Blocked keys are the store's to know; the ledger asks again when the intent is recorded.
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
