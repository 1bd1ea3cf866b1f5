// What each command of mailca-admin is told, and does. Parsing of the command line lies in program.cpp.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "admin/cli/ceremony_secrets.h"
#include "admin/cli/confirmation.h"
#include "admin/cli/selection.h"
#include "ca/ceremony.h"
#include "core/clock.h"
#include "core/http/client.h"
#include "core/random.h"
#include "core/result.h"

namespace mailca::admin {

struct CeremonyOptions : SecretSources {
    std::string plan;    // the reviewed file
    std::string folder;  // to make
    ca::CeremonyScope scope = ca::CeremonyScope::Everything;
    Confirmation confirmation = Confirmation::Ask;
};
Result<void> runCeremony(const CeremonyOptions& options, const Clock& clock, Random& random, std::istream& in,
                         std::ostream& out);

// A new issuing CA, in the three steps of ca/issuing_request.h.
struct IssuingCaOptions : SecretSources {
    std::string plan;             // the reviewed file
    std::string folder;           // of the authority, here
    std::string hierarchy;        // whose issuing CA
    std::string csrFile;          // to sign; empty: the one in the folder
    std::string keyFile;          // the root's sealed key; empty: in roots/ of the folder
    std::string certificateFile;  // to install; empty: the one in the folder
    Confirmation confirmation = Confirmation::Ask;
};
Result<void> requestIssuingCa(const IssuingCaOptions& options, const Clock& clock, Random& random, std::istream& in,
                              std::ostream& out);
Result<void> signIssuingCa(const IssuingCaOptions& options, const Clock& clock, Random& random, std::istream& in,
                           std::ostream& out);
Result<void> installIssuingCa(const IssuingCaOptions& options, const Clock& clock, Random& random, std::istream& in,
                              std::ostream& out);

struct DkimKeyOptions {
    std::string domain, selector, folder;
    std::string type = "rsa";  // or "ed25519"
};
// Writes <selector>.<domain>.pem (0600) and .txt, prints the DNS record.
Result<void> makeDkimKey(const DkimKeyOptions& options, std::ostream& out);

enum class Report { Text, Json };
// How to reach the daemon's operators' API.
struct DaemonAccess {
    std::string adminUrl;  // or
    std::string config;    // mailcad.toml: its admin listener and token file
    std::string tokenFile;
};

struct RevokeOptions : DaemonAccess {
    SelectionOptions selection;
    std::string reason;                             // RFC 5280 section 5.3.1
    int rate = 1'000;                               // revocations a second, at most
    Confirmation confirmation = Confirmation::Ask;  // Ask: a dry run
    Report report = Report::Text;
};
// `in`: for a list on standard input.
Result<void> revoke(const RevokeOptions& options, http::Client& client, std::istream& in, std::ostream& out);

// Certificates that are to be replaced before they are revoked (docs/decisions/incident.md).
struct IncidentOptions : DaemonAccess {
    std::string name;
    SelectionOptions selection;
    std::string reason, deadline;  // deadline: RFC 3339, or "24h", "5d"
    std::string explanationUrl;
    int rate = 200;
    Confirmation confirmation = Confirmation::Ask;  // of closing
    Report report = Report::Text;
};
Result<void> openIncident(const IncidentOptions& options, const Clock& clock, http::Client& client, std::istream& in,
                          std::ostream& out);
Result<void> showIncident(const IncidentOptions& options, http::Client& client, std::ostream& out);
Result<void> listIncidents(const IncidentOptions& options, http::Client& client, std::ostream& out);
Result<void> closeIncident(const IncidentOptions& options, http::Client& client, std::ostream& out);

// A root's next CRL, made where the root's sealed key is. The daemon takes the file over by itself.
struct RootCrlOptions {
    std::string folder;   // of the ceremony; the root's key in its roots/
    std::string root;     // name
    std::string revoke;   // name of an issuing CA of this root; empty: none
    std::string reason;   // of that
    std::string keyFile;  // the root's sealed key; empty: in roots/ of the folder
    std::string passphraseFile;
    Confirmation confirmation = Confirmation::Ask;
};
Result<void> makeRootCrl(const RootCrlOptions& options, const Clock& clock, std::istream& in, std::ostream& out);

// A public key that no certificate and no account may have any more (standards D13).
struct BlockKeyOptions : DaemonAccess {
    std::string keyFile;     // PEM: the key, private or public, or a certificate or request with it; or
    std::string spkiSha256;  // hex
    std::string comment;
    bool list = false;
    Report report = Report::Text;
};
Result<void> blockKey(const BlockKeyOptions& options, http::Client& client, std::ostream& out);
Result<void> listBlockedKeys(const BlockKeyOptions& options, http::Client& client, std::ostream& out);

// The whole life of an order: every mail judged and why. From the database, which may be in use.
struct ExplainOptions {
    std::string order;   // id or URL
    std::string config;  // mailcad.toml
    Report report = Report::Text;
};
Result<void> explainOrder(const ExplainOptions& options, std::ostream& out);

// Keys for external account binding (RFC 8555 section 7.3.4).
struct EabOptions : DaemonAccess {
    std::string comment;
    std::vector<std::string> allowed;  // addresses and domains; empty: any
    std::optional<int> mostUses;
    std::string id;  // to revoke
    Report report = Report::Text;
};
Result<void> createEab(const EabOptions& options, http::Client& client, std::ostream& out);
Result<void> listEab(const EabOptions& options, http::Client& client, std::ostream& out);
Result<void> revokeEab(const EabOptions& options, http::Client& client, std::ostream& out);

struct DnsOptions {
    std::string config;  // mailcad.toml
    std::string sender;  // host that hands out the mail; empty: the domain's MX
};
// Every record that the operator publishes, as lines of a zone file.
Result<void> printDns(const DnsOptions& options, std::ostream& out);

// The audit log (docs/decisions/audit.md).
struct AuditOptions {
    std::string config;      // mailcad.toml: its database and audit key; or
    std::string database;    // the file, and
    std::string key;         // audit-1.spki
    std::int64_t after = 0;  // export: rows behind this one
    std::string file;        // verify: an exported log
};
Result<void> exportAudit(const AuditOptions& options, std::ostream& out);
// Crypto, with the row, when something was changed.
Result<void> verifyAudit(const AuditOptions& options, std::ostream& out);

struct BackupOptions {
    std::string config;  // mailcad.toml
    std::string file;    // to make
};
Result<void> backUp(const BackupOptions& options, std::ostream& out);
struct RestoreOptions {
    std::string config;  // mailcad.toml
    std::string backup;  // empty: the database that lies there already
    std::string audit;   // the exported log
    bool acceptGap = false;
};
Result<void> restoreBackup(const RestoreOptions& options, const Clock& clock, std::ostream& out);

struct NginxOptions {
    std::string config;  // mailcad.toml
    std::string serverName, certificate, key;
    std::string proxySecretFile;  // empty: the one of the configuration, if any
    std::string listen;           // for TLS; empty: the port of external_url
    std::string listenHttp;       // for plain http; empty: the port of exchange_url, 80 when that is https
};
// The configuration of the TLS front. To be included in http {}.
Result<void> printNginx(const NginxOptions& options, std::ostream& out);

}  // namespace mailca::admin
