// Whether people agree to what was shown to them.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "ca/ceremony_plan.h"
#include "core/result.h"

namespace mailca::admin {

enum class Confirmation { Ask, Given };

// UserActionRequired unless it was given, or "yes" is typed.
Result<void> confirm(Confirmation confirmation, std::istream& in, std::ostream& out);

// Whoever the reviewed file names for it: each types the name and how the SHA-256 of the own copy of the file begins.
// Without people in the file, as confirm(). Returns their names. Config when it was given although people have to be
// asked; UserActionRequired when one does not agree.
Result<std::vector<std::string>> confirmPlan(const ca::ReviewedPlan& reviewed, Confirmation confirmation,
                                             std::istream& in, std::ostream& out);

}  // namespace mailca::admin
