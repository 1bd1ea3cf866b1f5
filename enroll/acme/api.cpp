#include "enroll/acme/api.h"

#include "enroll/acme/problems.h"
#include "enroll/acme/resources.h"

namespace mailca::acme {
namespace {

constexpr std::string_view kJoseJson = "application/jose+json";

std::string indexLink(const Services& services) {
    return "<" + services.urls.of(path::kDirectory) + ">;rel=\"index\"";
}

// What every answer carries: a fresh nonce (B14), the index (B19), leave for scripts of any origin (B2), and no
// caching.
web::Response dress(const Services& services, web::Response response) {
    return std::move(response)
        .with("Replay-Nonce", services.nonces.issue())
        .with("Link", indexLink(services))
        .with("Access-Control-Allow-Origin", "*")
        .with("Access-Control-Expose-Headers", "Replay-Nonce, Location, Link, Retry-After")
        .with("Cache-Control", "no-store");
}

// A browser asks before it posts application/jose+json (B2).
web::Response preflight(const web::Request&, const web::PathParameters&) {
    return web::Response::empty(204)
        .with("Access-Control-Allow-Origin", "*")
        .with("Access-Control-Allow-Methods", "GET, HEAD, POST")
        .with("Access-Control-Allow-Headers", "Content-Type")
        .with("Access-Control-Max-Age", "86400");
}

web::Response toResponse(Answer answer) {
    const auto* value = std::get_if<json::Value>(&answer.body);
    web::Response response(answer.status, answer.contentType,
                           value != nullptr ? value->dump() : std::get<std::string>(std::move(answer.body)));
    for (auto& [name, text] : answer.headers) response.add(std::move(name), std::move(text));
    return response;
}

bool isJoseJson(const web::Request& request) {
    const std::string_view type = request.header("Content-Type").value_or("");
    return web::equalsIgnoringCase(type.substr(0, type.find(';')), kJoseJson);
}

using Resource = std::function<Result<Answer>(const Signed&, const web::Request&, const web::PathParameters&)>;

web::Response serve(const Services& services, const web::Request& request, const web::PathParameters& parameters,
                    SignedBy signedBy, const Resource& resource) {
    std::optional<AccountId> asker;
    const auto answer = [&]() -> Result<Answer> {
        if (!isJoseJson(request)) {  // B8
            return fail(ErrorKind::UnsupportedMediaType, "the Content-Type must be application/jose+json");
        }
        const std::string query = request.query.empty() ? "" : "?" + request.query;  // B10: the URL as it was asked for
        TRY(Signed opened, open(services, request.body, services.urls.of(request.path) + query, signedBy));
        opened.peer = request.peer;
        if (opened.account) asker = opened.account->id;
        return resource(opened, request, parameters);
    }();
    return dress(services, answer ? toResponse(*answer) : problemResponse(services, answer.error(), asker));
}

// directory and newNonce answer POST-as-GET too (B11).
Resource directoryAsResource(const Services& services) {
    return [&services](const Signed& request, const web::Request&, const web::PathParameters&) -> Result<Answer> {
        if (!request.postAsGet) return fail(ErrorKind::Malformed, "the payload of POST-as-GET is the empty string");
        return directory(services);
    };
}

void addUnsignedRoutes(web::Router& router, const Services& services) {
    router.add(web::Method::Get, std::string(path::kDirectory),
               [&services](const web::Request&, const web::PathParameters&) {
                   return toResponse(directory(services))
                       .with("Access-Control-Allow-Origin", "*")
                       .with("Cache-Control", "public, max-age=60");
               });
    router.add(web::Method::Get, std::string(path::kNewNonce),
               [&services](const web::Request& request, const web::PathParameters&) {
                   const int status = request.method == web::Method::Head ? 200 : 204;  // B15
                   return dress(services, web::Response::empty(status));
               });
    // C1: whoever has a certificate may ask when to renew it, and caches may answer for us.
    router.add(web::Method::Get, std::string(path::kRenewalInfo) + "/{name}",
               [&services](const web::Request&, const web::PathParameters& parameters) {
                   const auto answer = renewalInfo(services, parameters.at("name"));
                   return (answer ? toResponse(*answer) : problemResponse(services, answer.error(), std::nullopt))
                       .with("Access-Control-Allow-Origin", "*")
                       .with("Link", indexLink(services));
               });
    router.add(web::Method::Get, std::string(path::kTerms) + "{id}",
               [&services](const web::Request&, const web::PathParameters& parameters) {
                   return termsPage(services, parameters.at("id"));
               });
    router.add(web::Method::Post, std::string(path::kTerms) + "{id}",
               [&services](const web::Request&, const web::PathParameters& parameters) {
                   return agreeToTerms(services, parameters.at("id"));
               });
}

}  // namespace

void addRoutes(web::Router& router, const Services& services) {
    addUnsignedRoutes(router, services);
    const auto post = [&](std::string pattern, SignedBy signedBy, Resource resource) {
        router.add(web::Method::Options, pattern, preflight);
        router.add(web::Method::Post, std::move(pattern),
                   [&services, signedBy, resource = std::move(resource)](const web::Request& request,
                                                                         const web::PathParameters& parameters) {
                       return serve(services, request, parameters, signedBy, resource);
                   });
    };
    const auto plain = [&](Result<Answer> (*function)(const Services&, const Signed&)) -> Resource {
        return [&services, function](const Signed& request, const web::Request&, const web::PathParameters&) {
            return function(services, request);
        };
    };
    const auto byId = [&](Result<Answer> (*function)(const Services&, const Signed&, const std::string&)) -> Resource {
        return
            [&services, function](const Signed& request, const web::Request&, const web::PathParameters& parameters) {
                return function(services, request, parameters.at("id"));
            };
    };

    post(std::string(path::kDirectory), SignedBy::Account, directoryAsResource(services));
    post(std::string(path::kNewAccount), SignedBy::Key, plain(newAccount));
    post(std::string(path::kAccount) + "{id}", SignedBy::Account, byId(account));
    post(std::string(path::kAccount) + "{id}" + std::string(path::kOrders), SignedBy::Account,
         [&services](const Signed& request, const web::Request& http,
                     const web::PathParameters& parameters) -> Result<Answer> {
             TRY(const auto after, http.queryParameter("after"));
             return orderList(services, request, parameters.at("id"), after);
         });
    post(std::string(path::kKeyChange), SignedBy::Account, plain(keyChange));
    if (services.orders.reuses()) post(std::string(path::kNewAuthz), SignedBy::Account, plain(newAuthz));
    post(std::string(path::kNewOrder), SignedBy::Account, plain(newOrder));
    post(std::string(path::kOrder) + "{id}", SignedBy::Account, byId(order));
    post(std::string(path::kOrder) + "{id}" + std::string(path::kFinalize), SignedBy::Account, byId(finalize));
    post(std::string(path::kAuthorization) + "{id}", SignedBy::Account, byId(authorization));
    post(std::string(path::kChallenge) + "{id}", SignedBy::Account, byId(challenge));
    post(std::string(path::kRevokeCert), SignedBy::Either, plain(revokeCert));
    post(std::string(path::kMailboxCertificates), SignedBy::Account, plain(mailboxCertificates));
    post(std::string(path::kCertificate) + "{id}", SignedBy::Account,
         [&services](const Signed& request, const web::Request& http, const web::PathParameters& parameters) {
             return certificate(services, request, parameters.at("id"), http.header("Accept").value_or(""));
         });
}

}  // namespace mailca::acme
