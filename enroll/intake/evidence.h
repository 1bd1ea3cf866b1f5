// What the audit keeps of a judged reply's authentication (A49), as JSON.
#pragma once

#include <string>
#include <vector>

#include "mail/dkim_verifier.h"

namespace mailca::intake {

std::string evidenceOf(const std::vector<mail::DkimResult>& dkim);

}  // namespace mailca::intake
