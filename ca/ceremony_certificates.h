// The certificates of a ceremony's plan: what stands in each comes from the plan alone, whoever made the key.
#pragma once

#include "ca/authority_file.h"
#include "ca/ca_certificates.h"
#include "ca/ceremony_keys.h"
#include "ca/ceremony_plan.h"
#include "ca/signing.h"

namespace mailca::ca {

enum class Rank { Root, Issuer, Unit };
CaDescription describe(const CeremonyPlan& plan, const Hierarchy& hierarchy, Rank rank);
UnitDescription describeUnit(const CeremonyPlan& plan, const Hierarchy& hierarchy, const Serial& serial);

// Everything that a certificate says, a line each: for the people who have to agree.
std::vector<std::string> certificateLines(const std::string& name, const x509::Certificate& certificate);
// The certificate that these bytes will be, before anybody signed them.
Result<x509::Certificate> preview(const LintedTbs& tbs, crypto::SignatureAlgorithm algorithm);

// .cer and .pem, new. One that is there already and the same, of a run that was broken off, is left as it is.
Result<void> writeCertificate(const std::string& folder, std::string_view name, const x509::Certificate& certificate);

// A unit of the timestamping service, certified by its issuing CA.
struct UnitIssuer {
    const x509::Certificate& certificate;
    const crypto::PrivateKey& key;
};
struct Making {
    const CeremonyKeys& keys;
    Time now;
    Random& random;
};
Result<void> makeUnit(const CeremonyPlan& plan, const Hierarchy& hierarchy, const std::string& folder,
                      const UnitIssuer& issuer, const Making& making);

// Their entries in authority.toml; of a unit, if the hierarchy has one.
void enterIssuer(const CeremonyPlan& plan, const Hierarchy& hierarchy, AuthorityFile& file);
void enterUnit(const CeremonyPlan& plan, const Hierarchy& hierarchy, AuthorityFile& file);

}  // namespace mailca::ca
