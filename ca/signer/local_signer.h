// The signer itself, where the keys are.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "ca/ocsp/delegate.h"
#include "ca/signer/pending_signatures.h"
#include "ca/signer/signer.h"
#include "ca/signing_keys.h"
#include "ca/tsa/timestamps.h"

namespace mailca::ca {

// What it is made of must outlive it.
class LocalSigner final : public Signer {
 public:
    struct Timestamping {
        const tsa::TrustedClock& clock;
        tsa::milliseconds accuracy;  // stated in every token, 1 s at most
    };
    LocalSigner(const Authority& authority, const SigningKeys& keys, const Clock& clock, Random& random,
                Timestamping timestamping);

    Result<Prepared> prepare(const std::vector<IssuanceRequest>& requests) override;
    Result<Prepared> prepareResponder(const std::string& issuer) override;
    Result<std::vector<Bytes>> sign(const Handle& handle) override;
    Result<Bytes> signCrl(const std::string& issuer, const CrlRequest& request) override;
    Result<ocsp::SignedResponse> signStatus(const StatusRequest& request) override;
    Result<Bytes> timestamp(const TimestampRequest& request) override;
    Result<Bytes> signAuditHead(const AuditStatement& statement) override;

 private:
    struct Responder {
        const Issuer* issuer;
        ocsp::Delegate delegate;
    };
    Result<const Issuer*> issuerNamed(const std::string& name) const;
    Result<Prepared> keep(std::vector<PendingSignature> pending, std::vector<Bytes> spkiSha256s);
    void adopt(const Issuer& issuer, crypto::PrivateKey key, x509::Certificate certificate);

    const Authority& m_authority;
    const SigningKeys& m_keys;
    const Clock& m_clock;
    Random& m_random;
    PendingSignatures m_pending;
    std::optional<tsa::Timestamps> m_timestamps;  // none: the ceremony made no unit
    std::mutex m_mutex;                           // guards m_responders
    std::deque<std::shared_ptr<const Responder>> m_responders;
};

}  // namespace mailca::ca
