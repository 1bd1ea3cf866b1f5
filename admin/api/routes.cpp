#include "admin/api/routes.h"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>

#include "admin/api/blocked_keys.h"
#include "admin/api/external_accounts.h"
#include "admin/api/incidents.h"
#include "admin/api/revocations.h"
#include "web/problem.h"

namespace mailca::admin {
namespace {

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
    add(web::Method::Post, "/admin/v1/selections", selected);
    add(web::Method::Post, "/admin/v1/revocations", revoke);
    add(web::Method::Get, "/admin/v1/incidents", incidents);
    add(web::Method::Post, "/admin/v1/incidents", openIncident);
    add(web::Method::Post, "/admin/v1/incident-lists", listIncident);
    add(web::Method::Post, "/admin/v1/incident-closures", closeIncident);
    add(web::Method::Get, "/admin/v1/blocked-keys", blockedKeys);
    add(web::Method::Post, "/admin/v1/blocked-keys", blockKey);
    add(web::Method::Get, "/metrics", metrics);
    add(web::Method::Get, "/admin/v1/external-accounts", externalAccounts);
    add(web::Method::Post, "/admin/v1/external-accounts", makeExternalAccount);
    add(web::Method::Post, "/admin/v1/external-account-revocations", revokeExternalAccount);
}

}  // namespace mailca::admin
