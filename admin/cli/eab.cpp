#include <ostream>

#include "admin/cli/commands.h"
#include "admin/cli/daemon_access.h"

namespace mailca::admin {
namespace {

constexpr const char* kKeys = "/admin/v1/external-accounts";
constexpr const char* kRevocations = "/admin/v1/external-account-revocations";

Result<json::Value> post(const EabOptions& options, http::Client& client, const char* path, const json::Value& body) {
    TRY(const DaemonEndpoint daemon, endpointOf(options));
    return postTo(daemon, client, path, body);
}

void show(const json::Value& key, std::ostream& out) {
    out << key.string("id").value_or("?") << "  used " << key.integer("uses").value_or(0);
    if (const auto most = key.integer("mostUses")) out << " of " << *most;
    out << "  for";
    const json::Array* allowed = key.array("allowed");
    if (allowed == nullptr || allowed->empty()) out << " any mailbox";
    for (const json::Value& entry : allowed == nullptr ? json::Array{} : *allowed) {
        out << " " << (entry.asString() == nullptr ? "?" : *entry.asString());
    }
    if (const std::string comment = key.string("comment").value_or(""); !comment.empty())
        out << "  (" << comment << ")";
    if (const auto revoked = key.string("revokedAt")) out << "  revoked " << *revoked;
    out << "\n";
}

}  // namespace

Result<void> createEab(const EabOptions& options, http::Client& client, std::ostream& out) {
    json::Array allowed;
    for (const std::string& entry : options.allowed) allowed.emplace_back(entry);
    json::Value wanted = json::object({{"comment", options.comment}, {"allowed", std::move(allowed)}});
    if (options.mostUses) wanted.set("mostUses", *options.mostUses);
    TRY(const json::Value made, post(options, client, kKeys, wanted));
    if (options.report == Report::Json) {
        out << made.dump() << "\n";
        return {};
    }
    out << "kid: " << made.string("id").value_or("?") << "\nkey: " << made.string("key").value_or("?")
        << "\nThe key is shown this once; hand both to their owner over a safe way.\n";
    return {};
}

Result<void> listEab(const EabOptions& options, http::Client& client, std::ostream& out) {
    TRY(const DaemonEndpoint daemon, endpointOf(options));
    TRY(const json::Value answer, getFrom(daemon, client, kKeys));
    if (options.report == Report::Json) {
        out << answer.dump() << "\n";
        return {};
    }
    const json::Array* keys = answer.array("keys");
    if (keys == nullptr || keys->empty()) out << "There are no keys yet: mailca-admin eab create makes one.\n";
    for (const json::Value& key : keys == nullptr ? json::Array{} : *keys) show(key, out);
    return {};
}

Result<void> revokeEab(const EabOptions& options, http::Client& client, std::ostream& out) {
    TRY(const json::Value answer, post(options, client, kRevocations, json::object({{"id", options.id}})));
    if (options.report == Report::Json) {
        out << answer.dump() << "\n";
    } else {
        out << "revoked: " << options.id << "\n";
    }
    return {};
}

}  // namespace mailca::admin
