#include "ca/signer/claimed_proofs.h"

#include "ca/key_policy.h"

namespace mailca::ca {

Result<IssuanceRequest> ClaimedProofs::believe(const Claim& claim, const Profiles& profiles) {
    const Profile* profile = profiles.find(claim.profile);
    if (profile == nullptr) {
        return fail(ErrorKind::InvalidProfile,
                    "the signer has no profile " + claim.profile + "; daemon and signer must read the same policies");
    }
    TRY(x509::CertificateRequest csr, x509::CertificateRequest::fromDer(claim.csr));
    TRY(GoodKey key, KeyPolicy::check(csr.publicKey(), *profile));
    TRY(const Use use, narrowedUse(*profile, csr.keyUsage(), csr.publicKey().type()));
    return IssuanceRequest{claim.order,
                           profile,
                           use,
                           ValidatedMailbox(claim.mailbox, claim.account, claim.authorization, claim.validatedAt),
                           CaaPermission(claim.mailbox.domain(), claim.caaCheckedAt, claim.caaGoodUntil),
                           std::move(key),
                           VerifiedRequest(std::move(csr), claim.mailbox)};
}

}  // namespace mailca::ca
