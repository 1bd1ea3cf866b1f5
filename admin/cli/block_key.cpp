#include <fstream>
#include <ostream>
#include <sstream>

#include "admin/cli/commands.h"
#include "admin/cli/daemon_access.h"
#include "core/x509/certificate.h"
#include "core/x509/request.h"

namespace mailca::admin {
namespace {

constexpr const char* kBlockedKeys = "/admin/v1/blocked-keys";

Result<std::string> readFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return fail(ErrorKind::Config, path + ": cannot be read");
    return text.str();
}

// The octets of the PEM block with this label (RFC 7468); nullopt: there is none.
std::optional<Bytes> pemBlock(std::string_view text, std::string_view label) {
    const std::string begin = "-----BEGIN " + std::string(label) + "-----", end = "-----END " + std::string(label);
    const std::size_t from = text.find(begin), until = text.find(end);
    if (from == std::string_view::npos || until == std::string_view::npos || until < from) return std::nullopt;
    std::string body(text.substr(from + begin.size(), until - from - begin.size()));
    std::erase_if(body, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
    const auto octets = fromBase64(body);
    return octets ? std::optional(*octets) : std::nullopt;
}

Result<crypto::PublicKey> keyIn(const std::string& path) {
    TRY(const std::string text, readFile(path));
    if (const auto der = pemBlock(text, "PUBLIC KEY")) return crypto::PublicKey::fromSpki(*der);
    if (const auto der = pemBlock(text, "CERTIFICATE")) {
        TRY(const auto certificate, x509::Certificate::fromDer(*der));
        return certificate.publicKey();
    }
    if (const auto der = pemBlock(text, "CERTIFICATE REQUEST")) {
        TRY(const auto request, x509::CertificateRequest::fromDer(*der));
        return request.publicKey();
    }
    if (const auto key = crypto::PrivateKey::fromPem(text)) return key->publicKey();  // a key that leaked
    return fail(ErrorKind::Config, path +
                                       ": holds no public key, certificate, certificate request or private key in "
                                       "PEM");
}

Result<std::string> fingerprintOf(const BlockKeyOptions& options) {
    if (options.keyFile.empty() == options.spkiSha256.empty()) {
        return fail(ErrorKind::Config, "give --key FILE or --spki-sha256 HEX; or --list");
    }
    if (options.keyFile.empty()) return options.spkiSha256;
    TRY(const crypto::PublicKey key, keyIn(options.keyFile));
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
    TRY(const http::Reply reply,
        client.post(daemon.url + kBlockedKeys, "application/json", wanted.dump(), daemon.headers));
    TRY(const json::Value answer, answerOf(reply));
    if (options.report == Report::Json) {
        out << answer.dump() << "\n";
    } else {
        showBlocked(answer, out);
    }
    return {};
}

Result<void> listBlockedKeys(const BlockKeyOptions& options, http::Client& client, std::ostream& out) {
    TRY(const DaemonEndpoint daemon, endpointOf(options));
    TRY(const http::Reply reply, client.get(daemon.url + kBlockedKeys, daemon.headers));
    TRY(const json::Value answer, answerOf(reply));
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
