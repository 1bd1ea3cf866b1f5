#include "repository/timestamp_routes.h"

#include "ca/tsa/timestamps.h"
#include "core/log.h"
#include "web/problem.h"

namespace mailca::repository {
namespace {

constexpr std::size_t kLongestQuery = 4096;  // octets; the largest hash, a policy and a nonce are some 150

// A unit of which it cannot be found out counts as revoked.
std::vector<std::string> revokedUnits(const ca::Authority& authority, StatusBook& statuses) {
    std::vector<std::string> names;
    for (const ca::TimestampUnit* const unit : authority.timestampUnits()) {
        const auto status = statuses.status(unit->issuer->name, unit->certificate.serial());
        if (!status || !std::holds_alternative<ca::ocsp::Good>(*status)) names.push_back(unit->name);
    }
    return names;
}

Result<web::Response> stamp(const web::Request& request, ca::Signer& signer, const ca::Authority& authority,
                            StatusBook& statuses) {
    const std::string_view type = request.header("Content-Type").value_or("");
    if (!web::equalsIgnoringCase(type.substr(0, type.find_first_of("; \t")), "application/timestamp-query")) {
        return fail(ErrorKind::UnsupportedMediaType, "send application/timestamp-query");
    }
    if (request.body.empty() || request.body.size() > kLongestQuery) {
        return fail(ErrorKind::Malformed, "send one query of at most " + std::to_string(kLongestQuery) + " octets");
    }
    auto reply = signer.timestamp({toBytes(request.body), revokedUnits(authority, statuses)});
    if (!reply) {
        log::error("timestamp.no_answer", {{"why", reply.error().text()}});
        reply = ca::tsa::encodeRejection(ca::tsa::Failure::SystemFailure, "the service failed; try again later");
    }
    return web::Response::bytes(200, "application/timestamp-reply", *reply).with("Cache-Control", "no-store");
}

}  // namespace

void addTimestampRoutes(web::Router& router, ca::Signer& signer, const ca::Authority& authority, StatusBook& statuses) {
    router.add(web::Method::Post, "/timestamp", [&](const web::Request& request, const web::PathParameters&) {
        return web::orProblem(stamp(request, signer, authority, statuses));
    });
}

}  // namespace mailca::repository
