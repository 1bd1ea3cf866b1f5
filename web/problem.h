// Problem documents, application/problem+json (RFC 7807, RFC 8555 section 6.7).
#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "web/response.h"

namespace mailca::web {

// One of several things wrong, each with the identifier it concerns (RFC 8555 section 6.7.1).
struct Subproblem {
    Error error;
    std::string identifierType;   // "email"
    std::string identifierValue;  // "a@example.org"
};

struct ProblemExtras {
    std::vector<Subproblem> subproblems;
    mailca::json::Object members;  // further members: {"algorithms", [...]} (RFC 8555 section 6.2)
};

// The document itself, for challenges and orders that carry their error. Type, status and whether the detail may be
// shown come from factsOf(error.kind); a hidden detail reads "internal error".
mailca::json::Value problemDocument(const Error& error, const ProblemExtras& extras = {});

// The answer. A hidden detail goes into Response::note(), hence to the log.
Response problem(const Error& error, const ProblemExtras& extras = {});
// The same with a status that no ErrorKind has (RFC 9110's framing errors: 411, 413, 431, ...).
Response problem(int status, const Error& error);

// For a handler written as Result<Response> f(...): its value, or its error's problem.
Response orProblem(Result<Response> result);

}  // namespace mailca::web
