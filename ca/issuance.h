// prepare (build, lint) -> LintedTbs -> record the intent -> sign -> compare -> Issued. docs/issuance-cycle.md, step 5.
#pragma once

#include <string>
#include <vector>

#include "ca/authority.h"
#include "ca/ledger.h"
#include "ca/profile.h"
#include "core/proof/proof.h"
#include "core/random.h"

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

// To-be-signed bytes that passed every lint. Comes only from Issuance::prepare; spent by sign.
class LintedTbs {
 public:
    LintedTbs(LintedTbs&&) = default;
    LintedTbs& operator=(LintedTbs&&) = default;
    LintedTbs(const LintedTbs&) = delete;
    LintedTbs& operator=(const LintedTbs&) = delete;
    const Bytes& bytes() const { return m_tbs; }
    const Serial& serial() const { return m_serial; }
    const Issuer& issuer() const { return *m_issuer; }

 private:
    friend class Issuance;
    LintedTbs(Bytes tbs, Serial serial, const Issuer* issuer, std::string profile)
        : m_tbs(std::move(tbs)), m_serial(std::move(serial)), m_issuer(issuer), m_profile(std::move(profile)) {}
    Bytes m_tbs;
    Serial m_serial;
    const Issuer* m_issuer;
    std::string m_profile;
};

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
    Issuance(const Authority& authority, Ledger& ledger, const Clock& clock, Random& random);

    // All certificates of one order, all or none: prepare each, record all intents in one transaction, sign each. Its
    // only write is the intents. Requests are never empty and of one order. Thread-safe.
    Result<std::vector<Issued>> issue(const std::vector<IssuanceRequest>& requests);

    Result<LintedTbs> prepare(const IssuanceRequest& request);
    Result<Issued> sign(LintedTbs tbs);

 private:
    const Authority& m_authority;
    Ledger& m_ledger;
    const Clock& m_clock;
    Random& m_random;
};

}  // namespace mailca::ca
