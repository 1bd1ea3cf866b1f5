// Proofs that another process states: the one door through which a proof enters the signer without its judge.
//
// What it means: the process at the other end of the socket is believed when it says who proved which mailbox, what CAA
// allowed and that a CSR was verified; it judges these facts with the network and the store, which the signer has not.
// Everything else an IssuanceRequest holds is judged here again: profile, use, key.
#pragma once

#include "ca/issuance_request.h"

namespace mailca::ca {

class ClaimedProofs {
 public:
    struct Claim {
        OrderId order;
        AccountId account;
        AuthorizationId authorization;
        EmailAddress mailbox;
        Time validatedAt, caaCheckedAt, caaGoodUntil;
        std::string profile;  // name
        Bytes csr;
    };
    // InvalidProfile, BadCsr, BadPublicKey.
    static Result<IssuanceRequest> believe(const Claim& claim, const Profiles& profiles);
};

}  // namespace mailca::ca
