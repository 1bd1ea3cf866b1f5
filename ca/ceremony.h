// The ceremony: makes the roots and the issuing CAs of the hierarchies (ca/hierarchy.h), and the first units of the
// service's own timestamping, lints and signs them and the roots' first CRLs, and leaves the folder of
// ca/authority_file.h. It happens once; what it wrote is never overwritten. Where the roots live offline, it makes
// these alone, and the issuing CAs follow by request (ca/issuing_request.h).
#pragma once

#include <string>
#include <vector>

#include "ca/ceremony_keys.h"
#include "ca/ceremony_plan.h"
#include "core/clock.h"

namespace mailca::ca {

enum class CeremonyScope { Everything, RootsOnly };

class Ceremony final {
 public:
    // Config with what to change, before anything is made. `sha256`: of the reviewed file.
    static Result<Ceremony> plan(CeremonyPlan plan, const Clock& clock, Random& random, std::string sha256 = "",
                                 CeremonyScope scope = CeremonyScope::Everything);

    // What perform() will sign and write, for the people who have to agree: every certificate as it will be, signed and
    // linted once with keys that are thrown away. Lint, when it would not be signed.
    Result<std::vector<std::string>> announcement() const;
    // All or nothing: everything is made in <folder>.unfinished, which is renamed at the end. Returns the file for the
    // daemon's configuration (authority.toml).
    // `pin`: of the token, when the plan names one.
    Result<std::string> perform(const Secret& passphrase, SealCost cost, const Secret& pin = {},
                                const std::vector<std::string>& confirmedBy = {}) const;

 private:
    Ceremony(CeremonyPlan plan, const Clock& clock, Random& random, std::string sha256, CeremonyScope scope);
    Result<void> makeAll(const std::string& folder, const CeremonyKeys& keys,
                         const std::vector<std::string>& confirmedBy) const;
    Result<void> makeHierarchy(const Hierarchy& hierarchy, const std::string& folder, Time now,
                               const CeremonyKeys& keys) const;

    CeremonyPlan m_plan;
    const Clock& m_clock;
    Random& m_random;
    std::string m_sha256;
    CeremonyScope m_scope;
};

}  // namespace mailca::ca
