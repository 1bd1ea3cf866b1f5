#include "admin/cli/ca_commands.h"

#include <iostream>

#include "core/crypto/key.h"

namespace mailca::admin {
namespace {

template <typename Options>
Command withKeys(const Options& options,
                 Result<void> (*run)(const Options&, const Clock&, Random&, std::istream&, std::ostream&)) {
    return [&options, run]() -> Result<void> {
        TRY_VOID(crypto::lockKeyMemory());
        const SystemClock clock;
        SystemRandom random;
        return run(options, clock, random, std::cin, std::cout);
    };
}

void addYes(CLI::App& sub, Confirmation& confirmation) {
    sub.add_flag_callback(
        "--yes", [&confirmation] { confirmation = Confirmation::Given; }, "do not ask");
}

}  // namespace

CaCommands::CaCommands(CLI::App& app, Command& chosen) : m_chosen(chosen) {
    addCeremony(app);
    addIssuingCa(app);
    addRootCrl(app);
}

void CaCommands::addSecrets(CLI::App& sub, SecretSources& sources) {
    sub.add_option("--passphrase-file", sources.passphraseFile, "mode 0600, one line (else: asked for)");
    sub.add_option("--pin-file", sources.pinFile, "of the token, mode 0600, one line (else: asked for)");
}

void CaCommands::addCeremony(CLI::App& app) {
    CLI::App* sub = app.add_subcommand("ceremony", "make the roots and issuing CAs of a reviewed file, once");
    sub->add_option("plan", m_ceremony.plan, "the reviewed file (docs/ceremony.md)")->required();
    sub->add_option("--out", m_ceremony.folder, "folder to make")->required();
    sub->add_flag_callback(
        "--roots-only", [this] { m_ceremony.scope = ca::CeremonyScope::RootsOnly; },
        "issuing CAs follow by request, where the daemon runs");
    addSecrets(*sub, m_ceremony);
    addYes(*sub, m_ceremony.confirmation);
    sub->callback([this] { m_chosen = withKeys(m_ceremony, &runCeremony); });
}

void CaCommands::addIssuingCa(CLI::App& app) {
    CLI::App* group = app.add_subcommand("issuing-ca", "a new issuing CA: under an offline root, or beside an old one");
    group->require_subcommand(1);
    const auto add = [&](const char* name, const char* what, auto run) {
        CLI::App* sub = group->add_subcommand(name, what);
        sub->add_option("plan", m_issuingCa.plan, "the reviewed file (docs/ceremony.md)")->required();
        sub->add_option("--folder", m_issuingCa.folder, "that the ceremony made")->required();
        sub->add_option("--hierarchy", m_issuingCa.hierarchy, "whose issuing CA")->required();
        addSecrets(*sub, m_issuingCa);
        addYes(*sub, m_issuingCa.confirmation);
        sub->callback([this, run] { m_chosen = withKeys(m_issuingCa, run); });
        return sub;
    };
    add("request", "where the daemon runs: make its key and a CSR", &requestIssuingCa);
    CLI::App* sign = add("sign", "where the root's key is: sign its certificate", &signIssuingCa);
    sign->add_option("--csr", m_issuingCa.csrFile, "DER (else: the one in the folder)");
    sign->add_option("--key", m_issuingCa.keyFile, "the root's sealed key (else: the one in the folder's roots/)");
    add("install", "where the daemon runs: take the certificate in", &installIssuingCa)
        ->add_option("--certificate", m_issuingCa.certificateFile, "DER (else: the one in the folder)");
}

void CaCommands::addRootCrl(CLI::App& app) {
    CLI::App* sub = app.add_subcommand("root-crl", "make a root's next CRL; revoke an issuing CA with it");
    sub->add_option("--folder", m_rootCrl.folder, "that the ceremony made")->required();
    sub->add_option("--root", m_rootCrl.root, "name of the root, as in authority.toml")->required();
    sub->add_option("--revoke", m_rootCrl.revoke, "name of an issuing CA of this root");
    sub->add_option("--reason", m_rootCrl.reason, "of that: cACompromise, superseded, ...");
    sub->add_option("--key", m_rootCrl.keyFile, "the root's sealed key (else: the one in the folder's roots/)");
    sub->add_option("--passphrase-file", m_rootCrl.passphraseFile, "mode 0600, one line (else: asked for)");
    addYes(*sub, m_rootCrl.confirmation);
    sub->callback([this] {
        m_chosen = [this]() -> Result<void> {
            TRY_VOID(crypto::lockKeyMemory());
            const SystemClock clock;
            return makeRootCrl(m_rootCrl, clock, std::cin, std::cout);
        };
    });
}

}  // namespace mailca::admin
