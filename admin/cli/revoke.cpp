#include <algorithm>
#include <array>
#include <filesystem>
#include <ostream>

#include "admin/cli/commands.h"
#include "core/email_address.h"
#include "core/ids.h"
#include "core/json/json.h"
#include "core/toml/table.h"

namespace mailca::admin {
namespace {

// RFC 5280 section 5.3.1, as far as mailboxes have them (D50: unspecified leaves the reason out, certificateHold is not
// ours).
constexpr std::array<std::string_view, 6> kReasons{"unspecified", "keyCompromise",        "affiliationChanged",
                                                   "superseded",  "cessationOfOperation", "privilegeWithdrawn"};

struct Endpoint {
    std::string url;
    http::Client::Headers headers;
};

Result<Endpoint> endpointOf(const RevokeOptions& options) {
    std::string url = options.adminUrl;
    std::string tokenFile = options.tokenFile;
    if (!options.config.empty()) {
        TRY(toml::Table file, toml::Table::load(options.config));
        TRY(toml::Table listeners, file.table("listeners"));
        TRY(const std::string admin, listeners.string("admin"));
        if (url.empty()) url = "http://" + admin;
        TRY(const std::string named, file.stringOr("admin_token_file", "admin.token"));
        // Paths are relative to the configuration file.
        if (tokenFile.empty()) tokenFile = (std::filesystem::path(options.config).parent_path() / named).string();
    }
    if (url.empty() || tokenFile.empty()) {
        return fail(ErrorKind::Config,
                    "say where the daemon is: --config mailcad.toml, or --admin-url and --token-file");
    }
    while (url.ends_with('/')) url.pop_back();
    TRY(const std::string token, readSecretLine(tokenFile));
    return Endpoint{std::move(url), {{"Authorization", "Bearer " + token}}};
}

std::string percentEncoded(std::string_view text) {
    constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~@";
    std::string out;
    for (const char c : text) {
        const Bytes octet{static_cast<std::uint8_t>(c)};
        out += kPlain.find(c) != std::string_view::npos ? std::string(1, c) : "%" + toHex(octet);
    }
    return out;
}

Result<json::Value> answerOf(const http::Reply& reply) {
    const auto body = json::parse(reply.body);
    if (reply.status == 200 && body) return *body;
    std::string why = "the admin listener answered " + std::to_string(reply.status);
    if (reply.status == 401 || reply.status == 403) why += "; is the token the daemon's?";
    if (body) why += ": " + body->string("detail").value_or("no detail");
    return fail(ErrorKind::Connection, why);
}

std::string listed(const json::Value& answer, std::string_view key) {
    std::string out;
    const json::Array* serials = answer.array(key);
    for (const json::Value& serial : serials == nullptr ? json::Array{} : *serials) {
        if (serial.asString() != nullptr) out += (out.empty() ? "" : ", ") + *serial.asString();
    }
    return out.empty() ? "none" : out;
}

void show(const json::Array& certificates, std::ostream& out) {
    for (const json::Value& one : certificates) {
        out << one.string("serial").value_or("?") << "  " << one.string("profile").value_or("?") << "  "
            << one.string("mailbox").value_or("?") << "  until " << one.string("notAfter").value_or("?") << "  "
            << one.string("state").value_or("?");
        if (const auto reason = one.string("reason")) out << " (" << *reason << ")";
        out << "\n";
    }
}

Result<void> checkOptions(const RevokeOptions& options) {
    if (options.serial.empty() == options.mailbox.empty()) return fail(ErrorKind::Config, "give --serial or --mailbox");
    if (!options.serial.empty()) TRY_VOID(Serial::fromHex(options.serial));
    if (!options.mailbox.empty()) TRY_VOID(EmailAddress::parse(options.mailbox));
    if (std::find(kReasons.begin(), kReasons.end(), options.reason) != kReasons.end()) return {};
    std::string names;
    for (const std::string_view reason : kReasons) names += " " + std::string(reason);
    return fail(ErrorKind::Config, "--reason is one of:" + names);
}

Result<void> dryRun(const RevokeOptions& options, const json::Value& found, const json::Array& certificates,
                    std::ostream& out) {
    if (options.report == Report::Json) {
        out << found.dump() << "\n";
        return {};
    }
    out << "Would be revoked (" << options.reason << "), unless revoked already:\n";
    show(certificates, out);
    out << "Nothing was done. Add --yes to do it.\n";
    return {};
}

}  // namespace

Result<void> revoke(const RevokeOptions& options, http::Client& client, std::ostream& out) {
    TRY_VOID(checkOptions(options));
    TRY(const Endpoint daemon, endpointOf(options));
    const std::string query =
        options.serial.empty() ? "mailbox=" + percentEncoded(options.mailbox) : "serial=" + options.serial;
    TRY(const http::Reply listing, client.get(daemon.url + "/admin/v1/certificates?" + query, daemon.headers));
    TRY(const json::Value found, answerOf(listing));
    const json::Array* certificates = found.array("certificates");
    if (certificates == nullptr || certificates->empty()) {
        return fail(ErrorKind::NotFound,
                    "no such certificate: " + (options.serial.empty() ? options.mailbox : options.serial));
    }
    if (options.confirmation == Confirmation::Ask) return dryRun(options, found, *certificates, out);

    json::Value order = json::object({{"reason", options.reason}});
    if (options.serial.empty()) {
        order.set("mailbox", options.mailbox);
    } else {
        order.set("serials", json::array({options.serial}));
    }
    TRY(const http::Reply reply,
        client.post(daemon.url + "/admin/v1/revocations", "application/json", order.dump(), daemon.headers));
    TRY(const json::Value answer, answerOf(reply));
    if (options.report == Report::Json) {
        out << answer.dump() << "\n";
    } else {
        out << "revoked: " << listed(answer, "revoked") << "\nrevoked before: " << listed(answer, "alreadyRevoked")
            << "\n";
    }
    return {};
}

}  // namespace mailca::admin
