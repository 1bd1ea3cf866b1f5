// prepare (build, lint) -> record the intents -> sign, compare -> Issued. docs/issuance-cycle.md, step 5.
#pragma once

#include <string>
#include <vector>

#include "ca/issuance_request.h"
#include "ca/ledger.h"
#include "ca/signer/signer.h"

namespace mailca::ca {

// A certificate that was signed and compared with its linted bytes. Move-only; whoever holds it must record it.
class Issued {
 public:
    Issued(Issued&&) = default;
    Issued& operator=(Issued&&) = default;
    Issued(const Issued&) = delete;
    Issued& operator=(const Issued&) = delete;
    const x509::Certificate& certificate() const { return m_certificate; }
    const std::string& issuer() const { return m_issuer; }  // name
    const std::string& profile() const { return m_profile; }

 private:
    friend class Issuance;
    Issued(x509::Certificate certificate, std::string issuer, std::string profile)
        : m_certificate(std::move(certificate)), m_issuer(std::move(issuer)), m_profile(std::move(profile)) {}
    x509::Certificate m_certificate;
    std::string m_issuer;
    std::string m_profile;
};

class Issuance {
 public:
    Issuance(Signer& signer, Ledger& ledger, const Clock& clock);

    // All certificates of one order, all or none: prepare all, record all intents in one transaction, sign all. Its
    // only write is the intents. Requests are never empty and of one order. Until the intents are recorded, errors are
    // the signer's and the ledger's; after that Crypto, whatever went wrong: these intents are never signed again.
    // Thread-safe.
    Result<std::vector<Issued>> issue(const std::vector<IssuanceRequest>& requests);

 private:
    Signer& m_signer;
    Ledger& m_ledger;
    const Clock& m_clock;
};

}  // namespace mailca::ca
