// Challenge mails that come back (A32): what a mail says, as pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mail/message.h"

namespace mailca::va {

// Why, in one line, when the mail is a delivery status notification that says of some recipient: failed, for good
// (RFC 3464, RFC 6522). One that was delayed, relayed or delivered is not.
std::optional<std::string> failureReported(const mail::Message& message);

// The plus addresses that it may have been sent to, a few at most. Whoever knows one has carried the mail that left
// from it, or has received it.
std::vector<EmailAddress> reportedTo(const mail::Message& message);

}  // namespace mailca::va
