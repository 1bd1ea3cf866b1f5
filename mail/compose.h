// A text/plain mail out of typed fields, byte for byte ours: no header can be injected (H10) and the DKIM signer finds
// every field on one line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/email_address.h"
#include "core/result.h"
#include "mail/message.h"
#include "mail/message_id.h"

namespace mailca::mail {

struct Draft {
    EmailAddress from;
    EmailAddress to;
    std::string toAsSent;  // `to` as its owner spells it, when To must show that (interop 5.1); empty: as `to` itself
    std::optional<EmailAddress> replyTo;
    std::string subject;  // printable ASCII
    Time date;
    MessageId messageId;
    std::optional<MessageId> inReplyTo;  // sets References too
    std::string autoSubmitted;           // "auto-generated; type=acme" (A25); empty: no such field
    std::string body;                    // ASCII lines of 998 octets at most, ending in "\n" or CRLF
};

// The mail with CRLF line ends, unsigned. Addresses stand bare, without display name or angle brackets (interop 5.1).
// Malformed error: a toAsSent that is another mailbox; a CR, LF, NUL or non-ASCII octet in a field; a control character
// or non-ASCII octet in the body; a line over 998 octets (RFC 5322 section 2.1.1). A mailbox outside ASCII is written
// in UTF-8 (RFC 6532), and only a transport that finds SMTPUTF8 will send it (H9).
Result<std::string> compose(const Draft& draft);

}  // namespace mailca::mail
