#include "repository/ocsp_routes.h"

#include <algorithm>

#include "web/problem.h"

namespace mailca::repository {
namespace {

// How long an HTTP cache may go on without asking: a revocation shows there within a minute, as in a CRL (F23).
constexpr seconds kMaxAge{60};
// F13: clients send GET for short requests only; longer ones are not searched for a lost slash.
constexpr std::size_t kLongestMended = 400;

Result<ca::ocsp::Request> readBase64(std::string_view text) {
    const auto der = fromBase64(text);
    if (!der) return fail(ErrorKind::Malformed, "the path is not the base64 of an OCSP request");
    return ca::ocsp::parseRequest(*der);
}

// An intermediary made "/" of a "//" (F12): it is put back where a request comes out of it, if that is one place only.
Result<ca::ocsp::Request> readMended(const std::string& text) {
    Result<ca::ocsp::Request> found = fail(ErrorKind::Malformed, "the path lacks a character of base64");
    if (text.size() > kLongestMended) return found;
    for (std::size_t at = text.find('/'); at != std::string::npos; at = text.find('/', at + 1)) {
        auto read = readBase64(std::string(text).insert(at, 1, '/'));
        if (!read) continue;
        if (found) return fail(ErrorKind::Malformed, "the path lacks a slash that could stand at several places");
        found = std::move(read);
    }
    return found;
}

web::Response respond(const web::Request& request, const OcspAnswer& answer, Time now) {
    const std::string type = "application/ocsp-response";
    if (!answer.caching) return web::Response(200, type, answer.body).with("Cache-Control", "no-store");
    const OcspAnswer::Caching& caching = *answer.caching;
    const seconds age = std::clamp<seconds>(caching.nextUpdate - now, seconds{0}, kMaxAge);
    const bool known = request.method != web::Method::Post && hasAlready(request, caching.validators);
    return (known ? web::Response::empty(304) : web::Response(200, type, answer.body))
        .with("ETag", caching.validators.etag)
        .with("Last-Modified", caching.lastModified)
        .with("Expires", caching.expires)
        .with("Cache-Control", "max-age=" + std::to_string(age.count()) + ", public, no-transform, must-revalidate");
}

bool isOcspRequest(const web::Request& request) {
    const std::string_view type = request.header("Content-Type").value_or("");
    return web::equalsIgnoringCase(type.substr(0, type.find_first_of("; \t")), "application/ocsp-request");
}

}  // namespace

Result<ca::ocsp::Request> readOcspPath(std::string_view rest) {
    auto text = web::decodePercent(rest);
    if (!text) return fail(ErrorKind::Malformed, text.error().detail);
    text->erase(0, text->find_first_not_of('/'));
    return text->size() % 4 == 3 ? readMended(*text) : readBase64(*text);
}

void addOcspRoutes(web::Router& router, OcspAnswers& answers, const Clock& clock) {
    router.add(web::Method::Get, "/ocsp/{request...}",
               [&](const web::Request& request, const web::PathParameters& parameters) {
                   return respond(request, *answers.answer(readOcspPath(parameters.at("request"))), clock.now());
               });
    router.add(web::Method::Post, "/ocsp", [&](const web::Request& request, const web::PathParameters&) {
        if (!isOcspRequest(request)) {
            return web::problem(fail(ErrorKind::UnsupportedMediaType, "send application/ocsp-request"));
        }
        return respond(request, *answers.answer(ca::ocsp::parseRequest(asBytes(request.body))), clock.now());
    });
}

}  // namespace mailca::repository
