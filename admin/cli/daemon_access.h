// The operators' API of a daemon, from the command line's side.
#pragma once

#include "admin/cli/commands.h"
#include "core/json/json.h"

namespace mailca::admin {

struct DaemonEndpoint {
    std::string url;  // without a trailing slash
    http::Client::Headers headers;
};
// Config: neither says where the daemon is, or the token file cannot be used.
Result<DaemonEndpoint> endpointOf(const DaemonAccess& access);
// What the API answers, at a path that begins with "/admin/v1/". Connection, with the daemon's own words: no good
// answer.
Result<json::Value> getFrom(const DaemonEndpoint& daemon, http::Client& client, const std::string& path);
Result<json::Value> postTo(const DaemonEndpoint& daemon, http::Client& client, const std::string& path,
                           const json::Value& body);
// Certificates as the API shows them, a line each; those of the service's own parts have no profile and no mailbox.
void showCertificates(const json::Array& certificates, std::ostream& out);

}  // namespace mailca::admin
