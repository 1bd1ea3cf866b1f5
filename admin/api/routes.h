// The operators' API, on a listener of its own (docs/cli.md, mailca-admin revoke). Every request carries
// "Authorization: Bearer TOKEN", the token of a 0600 file, even on loopback: other users of the machine are not
// operators.
//   GET  /admin/v1/certificates?serial=HEX | ?mailbox=ADDRESS
//   POST /admin/v1/selections    {"select": SELECTION, "from": N}: a page of the certificates that it means, and
//   "next",
//                                the N of the next page, unless there is none (SELECTION: enroll/ra/selection.h)
//   POST /admin/v1/revocations   {"select": SELECTION, "from": N, "reason": NAME, "atMost": M}: revokes such a page;
//                                {"revoked", "alreadyRevoked": how many, "next"}
//   GET  /admin/v1/incidents
//   POST /admin/v1/incidents           {"name", "select": SELECTION, none: a list follows, "reason", "deadline": RFC
//                                      3339, "rate": revocations a second, "explanationUrl"}
//   POST /admin/v1/incident-lists      {"name", "serials": [HEX, ...], "last": whether the list ends with them}
//   POST /admin/v1/incident-closures   {"name"}
//   GET  /admin/v1/blocked-keys
//   POST /admin/v1/blocked-keys  {"spkiSha256": HEX, "comment": TEXT}
//   GET  /metrics                in Prometheus' text format
//   GET  /healthz                200 while the process answers; no token
//   GET  /readyz                 200 or 503: whether it can do its work; no token, which only adds why not
//   GET  /admin/v1/external-accounts
//   POST /admin/v1/external-accounts              {"comment": TEXT, "allowed": [ADDRESS or DOMAIN, ...], "mostUses": N}
//   POST /admin/v1/external-account-revocations   {"id": KID}
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/json/json.h"
#include "core/secret.h"
#include "enroll/ra/incidents.h"
#include "enroll/ra/service.h"
#include "web/route.h"

namespace prometheus {
class Collectable;
}

namespace mailca::admin {

struct Services {
    ra::CertificateBook& certificates;
    ra::SetRevocations& revocations;
    ra::Incidents& incidents;
    ra::BlockedKeyBook& blockedKeys;
    const Clock& clock;
    Secret token;
    std::function<void()> revoked;                                        // wakes the CRL schedule; never blocks
    std::vector<std::shared_ptr<const prometheus::Collectable>> metrics;  // asked anew for each scrape; thread-safe
    ra::ExternalAccounts* externalAccounts = nullptr;                     // nullptr: not offered
    std::function<void(const std::string& peer)> refused = [](const std::string&) {};  // came without the token
    // What keeps the daemon from being ready, and why; empty: nothing. Thread-safe.
    std::function<std::vector<std::pair<std::string, std::string>>()> troubles = [] {
        return std::vector<std::pair<std::string, std::string>>();
    };
};

// A certificate as the API shows it.
json::Value render(const ra::CertificateRecord& record);

// `services` must outlive the router.
void addRoutes(web::Router& router, const Services& services);

}  // namespace mailca::admin
