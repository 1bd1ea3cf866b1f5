#include "ca/ceremony.h"

#include <iostream>
#include <map>

#include "admin/cli/commands.h"
#include "core/secret_file.h"
#include "core/terminal.h"

namespace mailca::admin {
namespace {

Result<ca::CeremonyPlan> planOf(const CeremonyOptions& options) {
    static const std::map<std::string, crypto::KeySpec> kAlgorithms{{"p256", {crypto::KeyType::P256, 0}},
                                                                    {"p384", {crypto::KeyType::P384, 0}},
                                                                    {"rsa4096", {crypto::KeyType::Rsa, 4096}}};
    const auto keys = kAlgorithms.find(options.algorithm);
    if (keys == kAlgorithms.end()) return fail(ErrorKind::Config, "--algorithm is p256, p384 or rsa4096");
    ca::CeremonyPlan plan;
    plan.folder = options.folder;
    plan.baseUrl = options.baseUrl;
    plan.organization = options.organization;
    plan.country = options.country;
    plan.keys = keys->second;
    plan.crlShards = options.crlShards;
    plan.tokenModule = options.tokenModule;
    plan.token = options.token;
    if (!options.hierarchies.empty()) plan.hierarchies = options.hierarchies;
    for (const std::string& policy : options.policies) {
        const std::size_t equals = policy.find('=');
        if (equals == std::string::npos) return fail(ErrorKind::Config, "--policy is HIERARCHY=OID, as smime=1.2.3");
        plan.policies.insert_or_assign(policy.substr(0, equals), policy.substr(equals + 1));
    }
    return plan;
}

Result<Secret> passphraseOf(const CeremonyOptions& options) {
    if (options.passphraseFile.empty()) return askTwice("pass-phrase for the CA keys: ");
    TRY(Secret passphrase, readSecretLine(options.passphraseFile));
    if (passphrase.view().size() < kShortestPassphrase) {
        return fail(ErrorKind::Config, options.passphraseFile + ": the pass-phrase is shorter than 12 characters");
    }
    return passphrase;
}

}  // namespace

Result<void> runCeremony(const CeremonyOptions& options, const Clock& clock, Random& random, std::istream& in,
                         std::ostream& out) {
    TRY(const ca::CeremonyPlan plan, planOf(options));
    TRY(const ca::Ceremony ceremony, ca::Ceremony::plan(plan, clock, random));
    out << "This ceremony signs:\n";
    for (const std::string& line : ceremony.announcement()) out << "  " << line << "\n";
    if (options.confirmation == Confirmation::Ask) {
        out << "Type yes to go on: " << std::flush;
        std::string answer;
        if (!std::getline(in, answer) || answer != "yes")
            return fail(ErrorKind::UserActionRequired, "not confirmed; nothing was made");
    }
    TRY(const Secret passphrase, passphraseOf(options));
    Secret pin;
    if (!options.pinFile.empty()) {
        TRY(pin, readSecretLine(options.pinFile));
    } else if (!options.token.empty()) {
        TRY(pin, askOnce("PIN of the token: "));
    }
    TRY(const std::string file, ceremony.perform(passphrase, ca::SealCost::moderate(), pin));
    out << "Done. Name " << file << " in mailcad.toml (authority = ...), and take " << plan.folder
        << "/roots offline.\n";
    return {};
}

}  // namespace mailca::admin
