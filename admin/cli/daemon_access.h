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
// Certificates as the API shows them, a line each.
void showCertificates(const json::Array& certificates, std::ostream& out);
// The body of a good answer; Connection, with the daemon's own words, of any other.
Result<json::Value> answerOf(const http::Reply& reply);

}  // namespace mailca::admin
