#include "admin/api/routes.h"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>

#include "admin/api/blocked_keys.h"
#include "admin/api/external_accounts.h"
#include "core/json/json.h"
#include "core/log.h"
#include "core/x509/revocation_reason.h"
#include "web/problem.h"

namespace mailca::admin {
namespace {

// unspecified is written by leaving the code out (standards D50).
Result<std::optional<int>> reasonNamed(const std::optional<std::string>& name) {
    const auto code = x509::revocationReasonNamed(name.value_or(""));
    if (!code) {
        return fail(ErrorKind::BadRevocationReason, "reason must be one of " + x509::revocationReasonNames());
    }
    return *code == x509::kUnspecified ? std::optional<int>{} : code;
}

std::string_view nameOfReason(const std::optional<int>& reason) {
    return x509::nameOfRevocationReason(reason.value_or(x509::kUnspecified));
}

Result<std::vector<ra::CertificateRecord>> find(const Services& services, const std::optional<std::string>& serial,
                                                const std::optional<std::string>& mailbox) {
    if (serial.has_value() == mailbox.has_value()) {
        return fail(ErrorKind::Malformed, "name either a serial or a mailbox");
    }
    if (serial) {
        TRY(const Serial number, Serial::fromHex(*serial));
        return services.certificates.findBySerial(number);
    }
    TRY(const EmailAddress address, EmailAddress::parse(*mailbox));
    return services.certificates.findByMailbox(address);
}

Result<web::Response> certificates(const Services& services, const web::Request& request) {
    TRY(const auto serial, request.queryParameter("serial"));
    TRY(const auto mailbox, request.queryParameter("mailbox"));
    TRY(const auto found, find(services, serial, mailbox));
    json::Array list;
    for (const ra::CertificateRecord& record : found) list.push_back(render(record));
    return web::Response::json(200, json::object({{"certificates", std::move(list)}}));
}

Result<std::vector<ra::CertificateRecord>> selected(const Services& services, const json::Value& wanted) {
    const json::Array* serials = wanted.array("serials");
    if (serials == nullptr) return find(services, std::nullopt, wanted.string("mailbox"));
    std::vector<ra::CertificateRecord> all;
    for (const json::Value& serial : *serials) {
        if (serial.asString() == nullptr) return fail(ErrorKind::Malformed, "serials must be a list of strings");
        TRY(const auto found, find(services, *serial.asString(), std::nullopt));
        if (found.empty()) return fail(ErrorKind::NotFound, "no certificate has the serial " + *serial.asString());
        all.insert(all.end(), found.begin(), found.end());
    }
    return all;
}

Result<web::Response> revoke(const Services& services, const web::Request& request) {
    TRY(const json::Value wanted, json::parse(request.body));
    TRY(const std::optional<int> reason, reasonNamed(wanted.string("reason")));
    TRY(const auto records, selected(services, wanted));
    json::Array revoked, already;
    Result<void> trouble;
    for (const ra::CertificateRecord& record : records) {
        const auto done = services.revocations.revokeAsOperator(record, reason);
        if (done) {
            revoked.emplace_back(record.serial.hex());
        } else if (done.error().kind == ErrorKind::AlreadyRevoked) {
            already.emplace_back(record.serial.hex());
        } else {
            trouble = done.error();
            break;
        }
    }
    // What was revoked before any trouble is revoked: the CRLs follow and the log says so.
    services.revoked();
    log::info("operator.revoked", {{"count", std::to_string(revoked.size())}, {"reason", nameOfReason(reason)}});
    if (!trouble) {
        return fail(trouble.error().kind, "revoked " + std::to_string(revoked.size()) + " of " +
                                              std::to_string(records.size()) +
                                              "; run it again: " + trouble.error().detail);
    }
    return web::Response::json(200,
                               json::object({{"revoked", std::move(revoked)}, {"alreadyRevoked", std::move(already)}}));
}

Result<web::Response> metrics(const Services& services, const web::Request&) {
    std::vector<prometheus::MetricFamily> all;
    for (const auto& source : services.metrics) std::ranges::move(source->Collect(), std::back_inserter(all));
    return web::Response(200, "text/plain; version=0.0.4; charset=utf-8", prometheus::TextSerializer().Serialize(all));
}

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";

bool holdsToken(const Services& services, const web::Request& request) {
    static constexpr std::string_view kBearer = "Bearer ";
    const std::string_view given = request.header("Authorization").value_or("");
    return given.starts_with(kBearer) && services.token.equals(asBytes(given.substr(kBearer.size())));
}

// For a supervisor, which has no token: why it is not ready is for operators only.
web::Response ready(const Services& services, const web::Request& request) {
    const auto troubles = services.troubles();
    std::string body = troubles.empty() ? "ready\n" : "not ready\n";
    if (holdsToken(services, request)) {
        for (const auto& [what, why] : troubles) body += what + ": " + why + "\n";
    }
    return web::Response(troubles.empty() ? 200 : 503, std::string(kPlainText), std::move(body));
}

}  // namespace

json::Value render(const ra::CertificateRecord& record) {
    json::Value out = json::object({{"serial", record.serial.hex()},
                                    {"issuer", record.issuer},
                                    {"profile", record.profile},
                                    {"mailbox", record.mailbox.text()},
                                    {"notBefore", toRfc3339(record.notBefore)},
                                    {"notAfter", toRfc3339(record.notAfter)}});
    const auto* revoked = std::get_if<ra::Revoked>(&record.state);
    out.set("state", revoked == nullptr ? "live" : "revoked");
    if (revoked != nullptr) {
        out.set("revokedAt", toRfc3339(revoked->at));
        out.set("reason", nameOfReason(revoked->reason));
    }
    return out;
}

void addRoutes(web::Router& router, const Services& services) {
    const auto add = [&](web::Method method, std::string pattern, auto function) {
        router.add(method, std::move(pattern),
                   [&services, function](const web::Request& request, const web::PathParameters&) {
                       if (!holdsToken(services, request)) {
                           services.refused(request.peer);
                           return web::problem(fail(ErrorKind::Unauthorized, "send the operators' token"));
                       }
                       return web::orProblem(function(services, request)).with("Cache-Control", "no-store");
                   });
    };
    router.add(web::Method::Get, "/healthz", [](const web::Request&, const web::PathParameters&) {
        return web::Response(200, std::string(kPlainText), "ok\n").with("Cache-Control", "no-store");
    });
    router.add(web::Method::Get, "/readyz", [&services](const web::Request& request, const web::PathParameters&) {
        return ready(services, request).with("Cache-Control", "no-store");
    });
    add(web::Method::Get, "/admin/v1/certificates", certificates);
    add(web::Method::Post, "/admin/v1/revocations", revoke);
    add(web::Method::Get, "/admin/v1/blocked-keys", blockedKeys);
    add(web::Method::Post, "/admin/v1/blocked-keys", blockKey);
    add(web::Method::Get, "/metrics", metrics);
    add(web::Method::Get, "/admin/v1/external-accounts", externalAccounts);
    add(web::Method::Post, "/admin/v1/external-accounts", makeExternalAccount);
    add(web::Method::Post, "/admin/v1/external-account-revocations", revokeExternalAccount);
}

}  // namespace mailca::admin
