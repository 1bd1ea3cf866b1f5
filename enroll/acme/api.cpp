#include "enroll/acme/api.h"

#include "enroll/acme/resources.h"
#include "web/problem.h"

namespace mailca::acme {
namespace {

constexpr std::string_view kJoseJson = "application/jose+json";

// What every answer carries: a fresh nonce (B14), the index (B19), leave for scripts of any origin (B2), and no
// caching.
web::Response dress(const Services& services, web::Response response) {
    return std::move(response)
        .with("Replay-Nonce", services.nonces.issue())
        .with("Link", "<" + services.urls.of(path::kDirectory) + ">;rel=\"index\"")
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

// The members and fields that some error types have beyond their document (B6, B18, B19).
web::Response toResponse(const Services& services, const Error& error) {
    web::ProblemExtras extras;
    if (error.kind == ErrorKind::BadSignatureAlgorithm) {
        json::Array names;
        for (const std::string_view name : jose::kAlgorithmNames) names.emplace_back(name);
        extras.members.emplace_back("algorithms", std::move(names));
    }
    const std::string terms = services.meta.termsOfService;
    if (error.kind == ErrorKind::UserActionRequired && !terms.empty()) extras.members.emplace_back("instance", terms);
    web::Response response = web::problem(error, extras);
    if (error.kind == ErrorKind::UserActionRequired && !terms.empty()) {
        response.add("Link", "<" + terms + ">;rel=\"terms-of-service\"");
    }
    if (error.kind == ErrorKind::RateLimited) response.add("Retry-After", "600");
    if (error.kind == ErrorKind::Unavailable) response.add("Retry-After", "10");
    return response;
}

bool isJoseJson(const web::Request& request) {
    const std::string_view type = request.header("Content-Type").value_or("");
    return web::equalsIgnoringCase(type.substr(0, type.find(';')), kJoseJson);
}

using Resource = std::function<Result<Answer>(const Signed&, const web::Request&, const web::PathParameters&)>;

web::Response serve(const Services& services, const web::Request& request, const web::PathParameters& parameters,
                    SignedBy signedBy, const Resource& resource) {
    const auto answer = [&]() -> Result<Answer> {
        if (!isJoseJson(request)) {  // B8
            return fail(ErrorKind::UnsupportedMediaType, "the Content-Type must be application/jose+json");
        }
        const std::string query = request.query.empty() ? "" : "?" + request.query;  // B10: the URL as it was asked for
        TRY(const Signed opened, open(services, request.body, services.urls.of(request.path) + query, signedBy));
        return resource(opened, request, parameters);
    }();
    return dress(services, answer ? toResponse(*answer) : toResponse(services, answer.error()));
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
    post(std::string(path::kNewOrder), SignedBy::Account, plain(newOrder));
    post(std::string(path::kOrder) + "{id}", SignedBy::Account, byId(order));
    post(std::string(path::kOrder) + "{id}" + std::string(path::kFinalize), SignedBy::Account, byId(finalize));
    post(std::string(path::kAuthorization) + "{id}", SignedBy::Account, byId(authorization));
    post(std::string(path::kChallenge) + "{id}", SignedBy::Account, byId(challenge));
    post(std::string(path::kRevokeCert), SignedBy::Either, plain(revokeCert));
    post(std::string(path::kCertificate) + "{id}", SignedBy::Account,
         [&services](const Signed& request, const web::Request& http, const web::PathParameters& parameters) {
             return certificate(services, request, parameters.at("id"), http.header("Accept").value_or(""));
         });
}

}  // namespace mailca::acme
