// The challenge mail (RFC 8823 section 3.1): told from everything else in a mailbox, and answered (section 3.2).
#pragma once

#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/email_address.h"
#include "core/random.h"
#include "core/result.h"
#include "mail/message.h"
#include "mail/message_id.h"

namespace mailca::client {

// What the server and we know about the mail before it comes.
struct ExpectedChallenge {
    EmailAddress mailbox;  // To
    EmailAddress from;     // challenge.from
};

struct ChallengeMail {
    std::string tokenPart1;
    mail::MessageId messageId;
    EmailAddress replyTo;  // Reply-To, else From
};

// Malformed with the reason when the mail is not the challenge mail that we wait for.
Result<ChallengeMail> checkChallengeMail(const mail::Message& message, const ExpectedChallenge& expected);

// base64url(SHA-256(part 1, part 2, ".", thumbprint)), A10; the token is the two strings one behind the other (A8 s).
std::string responseDigest(std::string_view tokenPart1, std::string_view tokenPart2, std::string_view thumbprint);

// The reply, ready to be sent.
Result<std::string> composeReply(const ChallengeMail& challenge, const EmailAddress& mailbox, std::string_view digest,
                                 Time now, Random& random);

}  // namespace mailca::client
