// What a certificate is asked for with.
#pragma once

#include "ca/profile.h"
#include "core/ids.h"
#include "core/proof/proof.h"

namespace mailca::ca {

// Made of proofs, it is the proof that a certificate may be issued.
struct IssuanceRequest {
    OrderId order;
    const Profile* profile;
    Use use;  // the profile's, or what its CSR narrowed it to
    ValidatedMailbox mailbox;
    CaaPermission caa;
    GoodKey key;
    VerifiedRequest request;
};

}  // namespace mailca::ca
