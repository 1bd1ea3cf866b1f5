#include "repository/timestamp_routes.h"

#include "web/problem.h"

namespace mailca::repository {
namespace {

constexpr std::size_t kLongestQuery = 4096;  // octets; the largest hash, a policy and a nonce are some 150

Result<web::Response> stamp(const web::Request& request, const ca::tsa::Timestamps& timestamps) {
    const std::string_view type = request.header("Content-Type").value_or("");
    if (!web::equalsIgnoringCase(type.substr(0, type.find_first_of("; \t")), "application/timestamp-query")) {
        return fail(ErrorKind::UnsupportedMediaType, "send application/timestamp-query");
    }
    if (request.body.empty() || request.body.size() > kLongestQuery) {
        return fail(ErrorKind::Malformed, "send one query of at most " + std::to_string(kLongestQuery) + " octets");
    }
    return web::Response::bytes(200, "application/timestamp-reply", timestamps.answer(asBytes(request.body)))
        .with("Cache-Control", "no-store");
}

}  // namespace

bool isRevoked(const ca::TimestampUnit& unit, StatusBook& statuses) {
    const auto status = statuses.status(unit.issuer->name, unit.certificate.serial());
    return !status || !std::holds_alternative<ca::ocsp::Good>(*status);
}

void addTimestampRoutes(web::Router& router, const ca::tsa::Timestamps& timestamps) {
    router.add(web::Method::Post, "/timestamp", [&](const web::Request& request, const web::PathParameters&) {
        return web::orProblem(stamp(request, timestamps));
    });
}

}  // namespace mailca::repository
