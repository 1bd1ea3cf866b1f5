// The mail that tells the owner of a mailbox which certificates were made for it: no token, no link, and nothing that
// would be a challenge to a mail program (its subject does not begin with "ACME:").
#pragma once

#include "enroll/ra/notice_port.h"
#include "mail/message_id.h"

namespace mailca::outbox {

// Unsigned, with CRLF line ends.
Result<std::string> composeNotice(const ra::DueNotice& due, const EmailAddress& from, const mail::MessageId& id,
                                  Time now);

}  // namespace mailca::outbox
