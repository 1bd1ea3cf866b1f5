// mailcad.toml, read strictly: an unknown key, a wrong type or an impossible value is a Config error that names the
// line (docs/cli.md lists every key). Paths are made relative to the file's own directory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/email_address.h"
#include "core/log.h"
#include "core/passphrase.h"
#include "core/result.h"
#include "daemon/chaos.h"
#include "enroll/ra/limits.h"
#include "mail/connection.h"

namespace mailca::daemon {

struct Endpoint {
    std::string host;  // a loopback address: public exposure is nginx's (design section 8)
    std::uint16_t port = 0;
};

struct DkimKeyFile {
    std::string selector;
    std::string path;
};

struct Config {
    std::string text;  // of the file, for the audit log; no secret stands in it

    std::string externalUrl;  // no trailing slash
    std::string exchangeUrl;
    std::string database, authority, policies, adminTokenFile;
    std::optional<PassphraseSource> passphrase;  // none: the signer runs by itself
    std::string signerSocket;                    // where it is, or will be
    std::string termsOfService, website;         // empty: none

    Endpoint acme, publicListener, admin;
    std::string portsFile, proxySecretFile;  // empty: none

    EmailAddress challengeFrom;
    std::string maildir;
    std::string lmtpSocket;  // empty: mail comes by the Maildir alone
    bool strictDkim = false;
    int emailDelaySeconds = 0, dnsDelaySeconds = 2;
    std::vector<DkimKeyFile> dkim;  // those that sign
    mail::MailServer smtp;
    std::optional<mail::MailServer> imap;  // a hosted mailbox that replies go to

    std::vector<std::string> dnsUpstream;
    std::string trustAnchor;  // empty: nothing is validated, for tests
    std::vector<std::string> caaIssuerDomains;

    std::string externalAccountSecretFile;  // empty: external account binding is not offered
    bool externalAccountRequired = false;
    bool changedTermsNeedAgreement = false;
    int reuseAuthorizationDays = 0;

    seconds publicationHold{24h};
    int evidenceDays = 0;  // 0: for ever
    ChaosConfig chaos;

    int timestampToleranceMs = 1000;   // to UTC; stated in every token
    bool unsynchronisedClock = false;  // timestamps by a clock that nobody keeps in step

    ra::LimitPolicy limits;

    std::string auditExport;    // file or FIFO; empty: none
    int auditSignMinutes = 60;  // between two signatures on the audit log's head
    int crlAlarmHours = 72;     // a CRL with less left is an alarm

    log::Level logLevel = log::Level::Info;
    log::Format logFormat = log::Format::Text;

    explicit Config(EmailAddress from) : challengeFrom(std::move(from)) {}
    static Result<Config> load(const std::string& path);
};

}  // namespace mailca::daemon
