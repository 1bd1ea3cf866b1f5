#include <ostream>

#include "admin/cli/commands.h"
#include "admin/cli/daemon_access.h"
#include "core/email_address.h"
#include "core/http/url.h"
#include "core/ids.h"
#include "core/json/json.h"
#include "core/x509/revocation_reason.h"

namespace mailca::admin {
namespace {

std::string listed(const json::Value& answer, std::string_view key) {
    std::string out;
    const json::Array* serials = answer.array(key);
    for (const json::Value& serial : serials == nullptr ? json::Array{} : *serials) {
        if (serial.asString() != nullptr) out += (out.empty() ? "" : ", ") + *serial.asString();
    }
    return out.empty() ? "none" : out;
}

Result<void> checkOptions(const RevokeOptions& options) {
    if (options.serial.empty() == options.mailbox.empty()) return fail(ErrorKind::Config, "give --serial or --mailbox");
    if (!options.serial.empty()) TRY_VOID(Serial::fromHex(options.serial));
    if (!options.mailbox.empty()) TRY_VOID(EmailAddress::parse(options.mailbox));
    if (x509::revocationReasonNamed(options.reason)) return {};
    return fail(ErrorKind::Config, "--reason is one of: " + x509::revocationReasonNames());
}

Result<void> dryRun(const RevokeOptions& options, const json::Value& found, const json::Array& certificates,
                    std::ostream& out) {
    if (options.report == Report::Json) {
        out << found.dump() << "\n";
        return {};
    }
    out << "Would be revoked (" << options.reason << "), unless revoked already:\n";
    showCertificates(certificates, out);
    out << "Nothing was done. Add --yes to do it.\n";
    return {};
}

}  // namespace

Result<void> revoke(const RevokeOptions& options, http::Client& client, std::ostream& out) {
    TRY_VOID(checkOptions(options));
    TRY(const DaemonEndpoint daemon, endpointOf(options));
    const std::string query =
        options.serial.empty() ? "mailbox=" + http::percentEncoded(options.mailbox) : "serial=" + options.serial;
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
