#include "enroll/acme/problems.h"

#include <algorithm>
#include <array>

#include "core/jose/jws.h"

namespace mailca::acme {
namespace {

struct Row {
    ErrorKind kind;
    bool ofIdentifier = false;         // the identifier's fault: an order's error names it in a subproblem
    const char* retryAfter = nullptr;  // seconds
};
constexpr std::array kRows{
    Row{.kind = ErrorKind::Caa, .ofIdentifier = true},
    Row{.kind = ErrorKind::Connection, .ofIdentifier = true},
    Row{.kind = ErrorKind::Dns, .ofIdentifier = true},
    Row{.kind = ErrorKind::IncorrectResponse, .ofIdentifier = true},
    Row{.kind = ErrorKind::RejectedIdentifier, .ofIdentifier = true},
    Row{.kind = ErrorKind::UnsupportedIdentifier, .ofIdentifier = true},
    Row{.kind = ErrorKind::Unavailable, .retryAfter = "10"},
};

Row rowOf(ErrorKind kind) {
    const auto* found = std::ranges::find(kRows, kind, &Row::kind);
    return found == kRows.end() ? Row{.kind = kind} : *found;
}

// Where somebody has to act (B25): a known account agrees on a page of its own, a new one in its request.
std::string instanceOf(const Services& services, const std::optional<AccountId>& asker) {
    return asker ? services.urls.terms(*asker) : services.meta.termsOfService;
}

}  // namespace

web::Response problemResponse(const Services& services, const Error& error, const std::optional<AccountId>& asker) {
    const bool termsMissing = error.kind == ErrorKind::UserActionRequired && !services.meta.termsOfService.empty();
    web::ProblemExtras extras;
    if (error.kind == ErrorKind::BadSignatureAlgorithm) {
        json::Array names;
        for (const std::string_view name : jose::kAlgorithmNames) names.emplace_back(name);
        extras.members.emplace_back("algorithms", std::move(names));
    }
    if (termsMissing) extras.members.emplace_back("instance", instanceOf(services, asker));
    web::Response response = web::problem(error, extras);
    if (termsMissing) response.add("Link", "<" + services.meta.termsOfService + ">;rel=\"terms-of-service\"");
    if (const char* retryAfter = rowOf(error.kind).retryAfter) response.add("Retry-After", retryAfter);
    return response;
}

Answer problemAnswer(const Error& error, const web::ProblemExtras& extras) {
    return {.status = factsOf(error.kind).httpStatus,
            .body = web::problemDocument(error, extras),
            .contentType = "application/problem+json"};
}

Answer waitAnswer(const ra::Wait& wait) {
    const std::string after = std::to_string(wait.time.count());
    Answer answer = problemAnswer(fail(ErrorKind::RateLimited, wait.reason + "; try again in " + after + " seconds"));
    answer.headers.emplace_back("Retry-After", after);
    return answer;
}

json::Value problemDocument(const Error& error, const ra::Identifier& identifier) {
    web::ProblemExtras extras;
    if (rowOf(error.kind).ofIdentifier) {
        extras.subproblems.push_back({error, std::string(nameOf(identifier.type)), identifier.value});
    }
    return web::problemDocument(error, extras);
}

}  // namespace mailca::acme
