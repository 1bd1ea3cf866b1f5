// Errors as problem documents (RFC 8555 section 6.7; standards B17-B20, B34): one table says what a kind of error has
// beyond its type and detail.
#pragma once

#include <optional>

#include "enroll/acme/services.h"
#include "web/problem.h"

namespace mailca::acme {

// With the fields that its kind wants: algorithms (B6), instance and terms (B25), Retry-After (B18). `asker`: whose
// request it answers, when that is known.
web::Response problemResponse(const Services& services, const Error& error, const std::optional<AccountId>& asker);
// As a resource's own answer.
Answer problemAnswer(const Error& error, const web::ProblemExtras& extras = {});
// B18: Retry-After is what the limit says, to the second.
Answer waitAnswer(const ra::Wait& wait);
// Of an order: what is the identifier's fault names it in a subproblem (C27).
json::Value problemDocument(const Error& error, const ra::Identifier& identifier);

}  // namespace mailca::acme
