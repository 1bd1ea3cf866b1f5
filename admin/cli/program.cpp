#include "admin/cli/program.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "admin/cli/ca_commands.h"
#include "admin/cli/commands.h"

namespace mailca::admin {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

void addDkimKey(CLI::App& app, DkimKeyOptions& options, Command& chosen) {
    CLI::App* sub = app.add_subcommand("dkim-key", "make a DKIM key and the DNS record to publish");
    sub->add_option("--domain", options.domain, "of the challenge mails' sender")->required();
    sub->add_option("--selector", options.selector, "name of the key below _domainkey")->required();
    sub->add_option("--out", options.folder, "folder for <selector>.<domain>.pem and .txt")->required();
    sub->add_option("--type", options.type, "rsa or ed25519")->capture_default_str();
    sub->callback([&] { chosen = [&options] { return makeDkimKey(options, std::cout); }; });
}

void addAccess(CLI::App& sub, DaemonAccess& access) {
    sub.add_option("--admin-url", access.adminUrl, "of the admin listener");
    sub.add_option("--config", access.config, "mailcad.toml, which names listener and token");
    sub.add_option("--token-file", access.tokenFile, "mode 0600");
}

void addSelection(CLI::App& sub, SelectionOptions& selection) {
    sub.add_option("--serial", selection.serials, "of a certificate, in hex; may be given again");
    sub.add_option("--certificate", selection.certificate, "file: this certificate");
    sub.add_option("--mailbox", selection.mailbox, "all certificates of a mailbox");
    sub.add_option("--key", selection.key, "file with a public key or certificate: all certificates of this key");
    sub.add_option("--spki", selection.spki, "SHA-256 of a public key (SubjectPublicKeyInfo), in hex")
        ->excludes("--key");
    sub.add_option("--issuer", selection.issuer, "name of an issuing CA, as in authority.toml");
    sub.add_option("--profile", selection.profile, "name of a profile");
    sub.add_option("--issued-from", selection.issuedFrom, "issued then or later; like 2026-11-23T18:42:00Z");
    sub.add_option("--issued-before", selection.issuedBefore, "issued before then");
    sub.add_option("--list", selection.list, "file of serials in hex, a line each; \"-\": standard input");
}

void addRevoke(CLI::App& app, RevokeOptions& options, Command& chosen) {
    CLI::App* sub = app.add_subcommand("revoke", "show what would be revoked; with --yes, revoke it");
    addSelection(*sub, options.selection);
    sub->add_option("--reason", options.reason, "keyCompromise, superseded, ... (RFC 5280 section 5.3.1)")->required();
    sub->add_option("--rate", options.rate, "revocations a second, at most")->capture_default_str();
    sub->add_flag_callback(
        "--yes", [&options] { options.confirmation = Confirmation::Given; }, "do it");
    addAccess(*sub, options);
    sub->add_flag_callback(
        "--json", [&options] { options.report = Report::Json; }, "the counts as JSON");
    sub->callback([&] {
        chosen = [&options]() -> Result<void> {
            http::Client client{http::ClientOptions{}};
            return revoke(options, client, std::cin, std::cout);
        };
    });
}

void addIncident(CLI::App& app, IncidentOptions& options, Command& chosen) {
    CLI::App* group = app.add_subcommand("incident", "have many certificates replaced, then revoke them");
    group->require_subcommand(1);
    using Run = std::function<Result<void>(http::Client&)>;
    const auto add = [&](const char* name, const char* what, Run run) {
        CLI::App* sub = group->add_subcommand(name, what);
        addAccess(*sub, options);
        sub->add_flag_callback(
            "--json", [&options] { options.report = Report::Json; }, "the daemon's answer as it is");
        sub->callback([&chosen, run] {
            chosen = [run]() -> Result<void> {
                http::Client client{http::ClientOptions{}};
                return run(client);
            };
        });
        return sub;
    };
    const auto named = [&](CLI::App* sub) { sub->add_option("name", options.name, "of the incident")->required(); };
    CLI::App* open = add("open", "clients renew these now; each is revoked once replaced, all by the deadline",
                         [&options](http::Client& client) {
                             const SystemClock clock;
                             return openIncident(options, clock, client, std::cin, std::cout);
                         });
    named(open);
    addSelection(*open, options.selection);
    open->add_option("--reason", options.reason, "as of revoke")->required();
    open->add_option("--deadline", options.deadline, "like 2026-11-23T18:42:00Z, or from now on: 24h, 5d")->required();
    open->add_option("--rate", options.rate, "revocations a second, at most")->capture_default_str();
    open->add_option("--explanation-url", options.explanationUrl, "page that clients can show to their people");
    named(add("status", "how far it is",
              [&options](http::Client& client) { return showIncident(options, client, std::cout); }));
    add("list", "every incident",
        [&options](http::Client& client) { return listIncidents(options, client, std::cout); });
    CLI::App* close = add("close", "end it now and let go those that wait; with --yes",
                          [&options](http::Client& client) { return closeIncident(options, client, std::cout); });
    named(close);
    close->add_flag_callback(
        "--yes", [&options] { options.confirmation = Confirmation::Given; }, "do it");
}

void addBlockKey(CLI::App& app, BlockKeyOptions& options, Command& chosen) {
    CLI::App* sub = app.add_subcommand("block-key", "no certificate and no account with this key any more; for good");
    sub->add_option("--key", options.keyFile, "PEM file: the key, or a certificate or certificate request with it");
    sub->add_option("--spki-sha256", options.spkiSha256, "of the SubjectPublicKeyInfo, in hex");
    sub->add_option("--comment", options.comment, "why");
    sub->add_flag("--list", options.list, "show every blocked key instead");
    addAccess(*sub, options);
    sub->add_flag_callback(
        "--json", [&options] { options.report = Report::Json; }, "the daemon's answer as it is");
    sub->callback([&] {
        chosen = [&options]() -> Result<void> {
            http::Client client{http::ClientOptions{}};
            return (options.list ? listBlockedKeys : blockKey)(options, client, std::cout);
        };
    });
}

void addEab(CLI::App& app, EabOptions& options, Command& chosen) {
    CLI::App* group = app.add_subcommand("eab", "keys for external account binding: who may make ACME accounts");
    group->require_subcommand(1);
    using Run = Result<void> (*)(const EabOptions&, http::Client&, std::ostream&);
    const auto add = [&](const char* name, const char* what, Run run) {
        CLI::App* sub = group->add_subcommand(name, what);
        addAccess(*sub, options);
        sub->add_flag_callback(
            "--json", [&options] { options.report = Report::Json; }, "the daemon's answer as it is");
        sub->callback([&options, &chosen, run] {
            chosen = [&options, run]() -> Result<void> {
                http::Client client{http::ClientOptions{}};
                return run(options, client, std::cout);
            };
        });
        return sub;
    };
    CLI::App* create = add("create", "make a key; shown now and never again", createEab);
    create->add_option("--comment", options.comment, "whom it is for");
    create->add_option("--allow", options.allowed, "address or domain that its accounts may order for (else: any)");
    create->add_option("--uses", options.mostUses, "how many accounts it may make (else: any number)");
    add("list", "every key, without its secret", listEab);
    add("revoke", "stop a key, and the orders of the accounts made with it", revokeEab)
        ->add_option("kid", options.id, "as create and list show it")
        ->required();
}

void addDns(CLI::App& app, DnsOptions& options, Command& chosen) {
    CLI::App* sub = app.add_subcommand("dns", "print the DNS records to publish: DKIM, SPF, DMARC, CAA");
    sub->add_option("--config", options.config, "mailcad.toml")->required();
    sub->add_option("--sender", options.sender, "host that hands out the mail (else: the domain's MX)");
    sub->callback([&] { chosen = [&options] { return printDns(options, std::cout); }; });
}

void addAudit(CLI::App& app, AuditOptions& options, Command& chosen) {
    CLI::App* group = app.add_subcommand("audit", "the audit log: hand it on, verify it");
    group->require_subcommand(1);
    using Run = Result<void> (*)(const AuditOptions&, std::ostream&);
    const auto add = [&](const char* name, const char* what, Run run) {
        CLI::App* sub = group->add_subcommand(name, what);
        sub->add_option("--config", options.config, "mailcad.toml, which names database and audit key");
        sub->add_option("--database", options.database, "the database");
        sub->callback([&options, &chosen, run] { chosen = [&options, run] { return run(options, std::cout); }; });
        return sub;
    };
    add("export", "print it as JSON lines", exportAudit)
        ->add_option("--after", options.after, "rows behind this number only")
        ->check(CLI::NonNegativeNumber);
    CLI::App* verify = add("verify", "name the first row that was changed", verifyAudit);
    verify->add_option("file", options.file, "an exported log (else: the database; both: that they agree)");
    verify->add_option("--key", options.key, "audit-1.spki (else: the one of the configuration)");
}

void addBackup(CLI::App& app, BackupOptions& options, Command& chosen) {
    CLI::App* sub = app.add_subcommand("backup", "copy the database, whether the daemon runs or not");
    sub->add_option("file", options.file, "to make")->required();
    sub->add_option("--config", options.config, "mailcad.toml")->required();
    sub->callback([&] { chosen = [&options] { return backUp(options, std::cout); }; });
}

void addRestore(CLI::App& app, RestoreOptions& options, Command& chosen) {
    CLI::App* sub = app.add_subcommand("restore", "put a backup in place and replay what it lacks");
    sub->add_option("backup", options.backup, "the backup (else: the database that lies in its place)");
    sub->add_option("--config", options.config, "mailcad.toml")->required();
    sub->add_option("--audit", options.audit, "the exported audit log")->required();
    sub->add_flag("--accept-gap", options.acceptGap, "go on although rows are lost for good");
    sub->callback([&] {
        chosen = [&options] {
            const SystemClock clock;
            return restoreBackup(options, clock, std::cout);
        };
    });
}

void addExplain(CLI::App& app, ExplainOptions& options, Command& chosen) {
    CLI::App* sub = app.add_subcommand("explain", "the whole life of an order: every mail judged and why");
    sub->add_option("order", options.order, "its URL, or the last part of it")->required();
    sub->add_option("--config", options.config, "mailcad.toml")->required();
    sub->add_flag_callback(
        "--json", [&options] { options.report = Report::Json; }, "as JSON");
    sub->callback([&] { chosen = [&options] { return explainOrder(options, std::cout); }; });
}

void addNginx(CLI::App& app, NginxOptions& options, Command& chosen) {
    CLI::App* sub = app.add_subcommand("nginx", "print the configuration of the TLS front");
    sub->add_option("--config", options.config, "mailcad.toml")->required();
    sub->add_option("--server-name", options.serverName, "public name")->required();
    sub->add_option("--certificate", options.certificate, "PEM file")->required();
    sub->add_option("--key", options.key, "PEM file")->required();
    sub->add_option("--proxy-secret-file", options.proxySecretFile, "mode 0600 (else: the one of the configuration)");
    sub->add_option("--listen", options.listen, "port or address:port for TLS (else: the port of external_url)");
    sub->add_option("--listen-http", options.listenHttp, "the same for plain http (else: the port of exchange_url)");
    sub->callback([&] { chosen = [&options] { return printNginx(options, std::cout); }; });
}

// Config errors are usage: something the caller said has to be said differently.
int exitCodeOf(const Error& error) {
    return error.kind == ErrorKind::Config ? kUsage : kFailed;
}

}  // namespace

int runProgram(int argc, char** argv) {
    CLI::App app("mailca-admin: the operator's tool", "mailca-admin");
    app.require_subcommand(1);
    DkimKeyOptions dkimKey;
    RevokeOptions revocation;
    IncidentOptions incident;
    BlockKeyOptions blockedKey;
    EabOptions eab;
    ExplainOptions explanation;
    DnsOptions dns;
    NginxOptions nginx;
    AuditOptions audit;
    BackupOptions backup;
    RestoreOptions restoration;
    Command chosen;
    CaCommands caCommands(app, chosen);
    addDkimKey(app, dkimKey, chosen);
    addRevoke(app, revocation, chosen);
    addIncident(app, incident, chosen);
    addBlockKey(app, blockedKey, chosen);
    addEab(app, eab, chosen);
    addExplain(app, explanation, chosen);
    addDns(app, dns, chosen);
    addNginx(app, nginx, chosen);
    addAudit(app, audit, chosen);
    addBackup(app, backup, chosen);
    addRestore(app, restoration, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kUsage;
    }
    try {
        const Result<void> done = chosen();
        if (done) return 0;
        std::cerr << "mailca-admin: " << done.error().detail << "\n";
        return exitCodeOf(done.error());
    } catch (const std::exception& error) {
        std::cerr << "mailca-admin: " << error.what() << "\n";
        return kFailed;
    }
}

}  // namespace mailca::admin
