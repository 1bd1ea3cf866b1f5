#include "web/problem.h"

#include <utility>

namespace mailca::web {
namespace {

constexpr std::string_view kContentType = "application/problem+json";

bool isShown(const Error& error) {
    return factsOf(error.kind).detail == DetailVisibility::Shown;
}

json::Value documentOf(const Error& error, int status) {
    return json::object({{"type", "urn:ietf:params:acme:error:" + std::string(factsOf(error.kind).acmeName)},
                         {"detail", isShown(error) ? error.detail : std::string("internal error")},
                         {"status", status}});
}

json::Value subproblemOf(const Subproblem& subproblem) {
    json::Value out = documentOf(subproblem.error, factsOf(subproblem.error.kind).httpStatus);
    out.set("identifier", json::object({{"type", subproblem.identifierType}, {"value", subproblem.identifierValue}}));
    return out;
}

// What the document leaves out, and whatever is our own trouble (a full disk), for the log.
std::string noteOf(const Error& error, const ProblemExtras& extras) {
    std::string note = isShown(error) && factsOf(error.kind).httpStatus < 500 ? std::string() : error.text();
    for (const auto& subproblem : extras.subproblems) {
        if (isShown(subproblem.error)) continue;
        note += (note.empty() ? "" : "; ") + subproblem.identifierValue + ": " + subproblem.error.text();
    }
    return note;
}

}  // namespace

json::Value problemDocument(const Error& error, const ProblemExtras& extras) {
    json::Value out = documentOf(error, factsOf(error.kind).httpStatus);
    for (const auto& [name, value] : extras.members) out.set(name, value);
    json::Array subproblems;
    for (const auto& subproblem : extras.subproblems) subproblems.push_back(subproblemOf(subproblem));
    if (!subproblems.empty()) out.set("subproblems", std::move(subproblems));
    return out;
}

Response problem(const Error& error, const ProblemExtras& extras) {
    return Response(factsOf(error.kind).httpStatus, std::string(kContentType), problemDocument(error, extras).dump())
        .withNote(noteOf(error, extras));
}

Response problem(int status, const Error& error) {
    return Response(status, std::string(kContentType), documentOf(error, status).dump()).withNote(noteOf(error, {}));
}

Response orProblem(Result<Response> result) {
    return result ? std::move(result).value() : problem(result.error());
}

}  // namespace mailca::web
