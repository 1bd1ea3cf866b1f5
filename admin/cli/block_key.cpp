#include <ostream>

#include "admin/cli/commands.h"
#include "admin/cli/daemon_access.h"
#include "admin/cli/key_file.h"

namespace mailca::admin {
namespace {

constexpr const char* kBlockedKeys = "/admin/v1/blocked-keys";

Result<std::string> fingerprintOf(const BlockKeyOptions& options) {
    if (options.keyFile.empty() == options.spkiSha256.empty()) {
        return fail(ErrorKind::Config, "give --key FILE or --spki-sha256 HEX; or --list");
    }
    if (options.keyFile.empty()) return options.spkiSha256;
    TRY(const crypto::PublicKey key, readKeyFile(options.keyFile));
    return toHex(key.spkiSha256());
}

void showBlocked(const json::Value& answer, std::ostream& out) {
    out << (answer.boolean("blockedBefore").value_or(false) ? "was blocked before: " : "blocked: ")
        << answer.string("spkiSha256").value_or("?") << "\n";
    const json::Array* certificates = answer.array("certificates");
    if (certificates == nullptr || certificates->empty()) return;
    out << "Certificates with this key; revoke those that are live (mailca-admin revoke --serial):\n";
    showCertificates(*certificates, out);
}

void showKey(const json::Value& key, std::ostream& out) {
    out << key.string("spkiSha256").value_or("?") << "  " << key.string("blockedAt").value_or("?");
    if (const auto serial = key.string("serial")) out << "  by the revocation of " << *serial;
    if (const auto comment = key.string("comment")) out << "  (" << *comment << ")";
    out << "\n";
}

}  // namespace

Result<void> blockKey(const BlockKeyOptions& options, http::Client& client, std::ostream& out) {
    TRY(const std::string fingerprint, fingerprintOf(options));
    TRY(const DaemonEndpoint daemon, endpointOf(options));
    const json::Value wanted = json::object({{"spkiSha256", fingerprint}, {"comment", options.comment}});
    TRY(const json::Value answer, postTo(daemon, client, kBlockedKeys, wanted));
    if (options.report == Report::Json) {
        out << answer.dump() << "\n";
    } else {
        showBlocked(answer, out);
    }
    return {};
}

Result<void> listBlockedKeys(const BlockKeyOptions& options, http::Client& client, std::ostream& out) {
    TRY(const DaemonEndpoint daemon, endpointOf(options));
    TRY(const json::Value answer, getFrom(daemon, client, kBlockedKeys));
    if (options.report == Report::Json) {
        out << answer.dump() << "\n";
        return {};
    }
    const json::Array* keys = answer.array("keys");
    if (keys == nullptr || keys->empty()) out << "No key is blocked.\n";
    for (const json::Value& key : keys == nullptr ? json::Array{} : *keys) showKey(key, out);
    return {};
}

}  // namespace mailca::admin
