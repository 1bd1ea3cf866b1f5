#include "admin/cli/daemon_access.h"

#include <ostream>

#include "admin/cli/daemon_config.h"
#include "core/secret_file.h"

namespace mailca::admin {
namespace {

Result<json::Value> answerOf(const http::Reply& reply) {
    const auto body = json::parse(reply.body);
    if (reply.status == 200 && body) return *body;
    std::string why = "the admin listener answered " + std::to_string(reply.status);
    if (reply.status == 401 || reply.status == 403) why += "; is the token the daemon's?";
    if (body) why += ": " + body->string("detail").value_or("no detail");
    return fail(ErrorKind::Connection, why);
}

}  // namespace

Result<DaemonEndpoint> endpointOf(const DaemonAccess& access) {
    std::string url = access.adminUrl;
    std::string tokenFile = access.tokenFile;
    if (!access.config.empty()) {
        TRY(const DaemonConfig daemon, readDaemonConfig(access.config));
        if (url.empty()) url = "http://" + daemon.admin;
        if (tokenFile.empty()) tokenFile = daemon.adminTokenFile;
    }
    if (url.empty() || tokenFile.empty()) {
        return fail(ErrorKind::Config,
                    "say where the daemon is: --config mailcad.toml, or --admin-url and --token-file");
    }
    while (url.ends_with('/')) url.pop_back();
    TRY(const Secret token, readSecretLine(tokenFile));
    return DaemonEndpoint{std::move(url), {{"Authorization", "Bearer " + std::string(token.text())}}};
}

void showCertificates(const json::Array& certificates, std::ostream& out) {
    for (const json::Value& one : certificates) {
        out << one.string("serial").value_or("?") << "  " << one.string("profile").value_or("service") << "  "
            << one.string("mailbox").value_or(one.string("issuer").value_or("?")) << "  until "
            << one.string("notAfter").value_or("?") << "  " << one.string("state").value_or("?");
        if (const auto reason = one.string("reason")) out << " (" << *reason << ")";
        out << "\n";
    }
}

Result<json::Value> getFrom(const DaemonEndpoint& daemon, http::Client& client, const std::string& path) {
    TRY(const http::Reply reply, client.get(daemon.url + path, daemon.headers));
    return answerOf(reply);
}

Result<json::Value> postTo(const DaemonEndpoint& daemon, http::Client& client, const std::string& path,
                           const json::Value& body) {
    TRY(const http::Reply reply, client.post(daemon.url + path, "application/json", body.dump(), daemon.headers));
    return answerOf(reply);
}

}  // namespace mailca::admin
