#include "exchange/http/routes.h"

#include "exchange/http/lookup.h"
#include "web/problem.h"

namespace mailca::exchange {
namespace {

Result<web::Response> lookup(Directory& directory, const web::Request& request, const std::string& address, Time now) {
    TRY(const auto roles, request.queryParameter("roles"));
    TRY(const LookupRequest wanted, parseLookup(address, roles.value_or(""), request.header("Accept").value_or("")));
    TRY(LookupAnswer answer, answerLookup(directory, wanted, now));
    const bool known = request.header("If-None-Match").value_or("").find(answer.etag) != std::string_view::npos;
    web::Response response =
        known ? web::Response::empty(304) : web::Response(200, std::move(answer.contentType), std::move(answer.body));
    return std::move(response).with("ETag", answer.etag);
}

}  // namespace

void addRoutes(web::Router& router, Directory& directory, const Clock& clock) {
    router.add(web::Method::Get, "/v1/mailboxes/{address}",
               [&directory, &clock](const web::Request& request, const web::PathParameters& parameters) {
                   return web::orProblem(lookup(directory, request, parameters.at("address"), clock.now()))
                       .with("Cache-Control", "no-cache")
                       .with("Vary", "Accept")
                       .with("Access-Control-Allow-Origin", "*");
               });
}

}  // namespace mailca::exchange
