// A new issuing CA under a root that is somewhere else, or under one that has an issuing CA already (rollover), in
// three steps under one reviewed file:
//   request   where the daemon runs: its key and a CSR (RFC 2986)
//   sign      where the root's key is: the certificate, as the file has it; the CSR is asked for its key alone
//   install   where the daemon runs: beside the old ones, which go on with CRLs and OCSP
// Each leaves a record in authority.toml. What is there is never overwritten.
#pragma once

#include <variant>

#include "ca/authority_file.h"
#include "ca/ceremony_certificates.h"
#include "ca/ceremony_keys.h"
#include "core/clock.h"
#include "core/x509/request.h"

namespace mailca::ca {

// What all three are told. Must outlive them.
struct IssuingCaOrder {
    std::string folder;  // of the authority here
    ReviewedPlan reviewed;
    std::string hierarchy;
    std::vector<std::string> confirmedBy{};

    static Result<IssuingCaOrder> make(std::string folder, ReviewedPlan reviewed, std::string hierarchy);
    const CeremonyPlan& plan() const { return reviewed.plan; }
    const Hierarchy& of() const { return hierarchyNamed(hierarchy); }
    std::string name() const { return plan().issuerName(of()); }
    std::string csrPath() const { return folder + "/" + name() + ".csr"; }
};

// Makes the key and the CSR; returns its path. Config when there is one of that name, when another authority's file was
// reviewed; Unauthorized when the pass-phrase is not that of the keys that are there.
Result<std::string> requestIssuingCa(const IssuingCaOrder& order, const CeremonySecrets& secrets, const Clock& clock,
                                     Random& random);

class IssuingCaSignature final {
 public:
    // Config with what is wrong about CSR, root or file; Lint.
    static Result<IssuingCaSignature> prepare(const IssuingCaOrder& order, ByteView csr, const Clock& clock,
                                              Random& random);
    std::vector<std::string> announcement() const { return m_lines; }
    // Signs exactly what was announced, or records what a run that was broken off has signed; returns the certificate's
    // path. `keyFile`: the root's sealed key.
    Result<std::string> sign(const IssuingCaOrder& order, const std::string& keyFile, const Secret& passphrase) &&;

 private:
    using Work = std::variant<LintedTbs, x509::Certificate>;  // to be signed, or signed and not recorded
    IssuingCaSignature(Work work, x509::Certificate root, Time at)
        : m_work(std::move(work)), m_root(std::move(root)), m_at(at) {}
    void announce(const IssuingCaOrder& order, const x509::Certificate& shown);
    Work m_work;
    x509::Certificate m_root;
    Time m_at;
    std::vector<std::string> m_lines;
};

class IssuingCaInstallation final {
 public:
    // Config: not the certificate that was asked for, under this root, with what the file says; Lint.
    static Result<IssuingCaInstallation> prepare(const IssuingCaOrder& order, ByteView certificate);
    std::vector<std::string> announcement() const;
    // Config unless the key that is here is the certificate's.
    Result<void> install(const IssuingCaOrder& order, const CeremonySecrets& secrets, const Clock& clock,
                         Random& random) const;

 private:
    explicit IssuingCaInstallation(x509::Certificate certificate) : m_certificate(std::move(certificate)) {}
    x509::Certificate m_certificate;
};

}  // namespace mailca::ca
