// What the audit keeps of a judged reply (A40, A49), as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "enroll/va/email_reply.h"
#include "mail/dkim_verifier.h"

namespace mailca::intake {

// `inReplyTo` absent: the mail answers no challenge of ours.
std::string evidenceOf(const std::vector<mail::DkimResult>& dkim, std::optional<va::InReplyTo> inReplyTo);

}  // namespace mailca::intake
