#include "ca/ceremony.h"

#include <ostream>

#include "admin/cli/ceremony_secrets.h"
#include "admin/cli/commands.h"

namespace mailca::admin {

Result<void> runCeremony(const CeremonyOptions& options, const Clock& clock, Random& random, std::istream& in,
                         std::ostream& out) {
    TRY(ca::ReviewedPlan reviewed, ca::readCeremonyPlan(options.plan));
    reviewed.plan.folder = options.folder;
    TRY(const ca::Ceremony ceremony, ca::Ceremony::plan(reviewed.plan, clock, random, reviewed.sha256, options.scope));
    TRY(const std::vector<std::string> lines, ceremony.announcement());
    out << "SHA-256 of " << options.plan << ": " << reviewed.sha256 << "\nThis ceremony signs:\n";
    for (const std::string& line : lines) out << "  " << line << "\n";
    TRY(const std::vector<std::string> people, confirmPlan(reviewed, options.confirmation, in, out));
    TRY(const TypedSecrets secrets, newSecrets(options, reviewed.plan));
    TRY(const std::string file, ceremony.perform(secrets.passphrase, ca::SealCost::moderate(), secrets.pin, people));
    if (options.scope == ca::CeremonyScope::RootsOnly) {
        out << "Done. Take " << options.folder << "/roots offline; copy the rest to where the daemon runs, and go on "
            << "there with `mailca-admin issuing-ca request`.\n";
        return {};
    }
    out << "Done. Name " << file << " in mailcad.toml (authority = ...), and take " << options.folder
        << "/roots offline.\n";
    return {};
}

}  // namespace mailca::admin
