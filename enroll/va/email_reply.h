// email-reply-00 (RFC 8823) as pure functions: the token arithmetic of the challenge, and the judgement of a reply.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/bytes.h"
#include "core/clock.h"
#include "core/email_address.h"
#include "mail/dkim_verifier.h"
#include "mail/message.h"

namespace mailca::va {

// What the reply must hold: base64url(SHA-256(part1 || part2 || "." || thumbprint)) (A8-A10). Both parts have a length
// that is a multiple of 3 bytes, so that both readings of "concatenate" agree.
std::string expectedDigest(std::string_view tokenPart1, std::string_view tokenPart2, std::string_view thumbprint);

// The token part 1 a subject names: decoded subject, anything before "ACME:" ignored, white space dropped (A37).
std::optional<std::string> tokenOfSubject(std::string_view decodedSubject);
// The one response block of a text/plain body (A43, A45); IncorrectResponse with the reason otherwise.
Result<std::string> responseOf(std::string_view plainText);

enum class DkimMode { Compatible, Strict };

// What the challenge expects of its reply.
struct Expected {
    EmailAddress mailbox;  // the identifier
    EmailAddress challengeFrom;
    std::string messageId;  // of the challenge mail, without angle brackets
    std::string digest;
    Time expires;
    bool open = true;
    std::string otherDigest{};  // right as well: of the account's key of today (A13); empty: there is one key only
};

struct Proven {
    DkimMode method;        // Strict when A33 is met in full, whatever the mode asked for
    std::size_t signature;  // index of the DKIM result that decided
};
struct Rejected {
    std::string reason;  // a sentence
};
struct WrongAnswer {
    std::string reason;  // authenticated, for this mailbox, digest wrong (A20)
};
struct TryLater {
    std::string reason;  // the right answer, but DNS trouble while checking DKIM (A20)
};
using Judgement = std::variant<Proven, Rejected, WrongAnswer, TryLater>;

// A40: tells nothing when it is not there, for relays rewrite Message-IDs; kept as evidence.
enum class InReplyTo : std::uint8_t { Matches, Differs, Absent };
InReplyTo inReplyToOf(const mail::Message& reply, const Expected& expected);

// What can be refused by looking at the mail alone (A37-A46): asked before any DNS is, and again by judgeReply.
std::optional<Rejected> refuseUnread(const mail::Message& reply, const Expected& expected, Time now);

// A33-A46. `expected` absent: no challenge with that token part 1.
Judgement judgeReply(const mail::Message& reply, const std::vector<mail::DkimResult>& dkim,
                     const std::optional<Expected>& expected, DkimMode mode, Time now);

}  // namespace mailca::va
