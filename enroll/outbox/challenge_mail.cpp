#include "enroll/outbox/challenge_mail.h"

#include <algorithm>

#include "core/crypto/hash.h"
#include "enroll/outbox/template.h"
#include "mail/compose.h"

namespace mailca::outbox {
namespace {

constexpr std::size_t kTokenBytes = 24;  // a multiple of 3: both readings of "concatenate" agree (A8)

// Nothing in it comes from the requester (A22), no link, and no line that begins a response block (A31, interop 5.3).
constexpr std::string_view kBody =
    R"(Somebody has asked the certificate authority of @DOMAIN@
for a certificate for this mailbox. This mail was sent on
@SENT@ to find out whether the mailbox is theirs.

If it was you: your program that asked for the certificate reads this
mail and answers it by itself; you need do nothing. If it cannot read
your mail, reply to this mail, keep its subject, and put the response
block that your program shows into the reply as plain text, unquoted.
The reply must come from this mailbox before
@EXPIRES@.

If it was not you: do nothing. Without a reply no certificate is made.
To report abuse, write to postmaster@@DOMAIN@.
)";

std::string bodyOf(const std::string& domain, Time sent, Time expires) {
    return filled(kBody, {{"@DOMAIN@", domain}, {"@SENT@", toMailDate(sent)}, {"@EXPIRES@", toMailDate(expires)}});
}

// The spelling that the client ordered: some compare it with To letter by letter (interop 5.1). Outside ASCII only the
// local part may be; such a To would need SMTPUTF8 for its domain's sake alone.
std::string spellingOf(const ra::Identifier& identifier) {
    const bool ascii = std::ranges::all_of(identifier.value, [](unsigned char c) { return c < 0x80; });
    return ascii ? identifier.value : std::string();
}

}  // namespace

TokenPart1 TokenPart1::draw(Random& random) {
    Bytes raw(kTokenBytes);
    random.fill(raw);
    std::string text = toBase64Url(raw);
    wipe(raw);
    return TokenPart1(Secret::take(text));
}

Bytes TokenPart1::sha256() const {
    return crypto::sha256(m_text.view());
}

Result<std::string> composeChallenge(const ra::DueMail& due, const TokenPart1& token, const mail::MessageId& id,
                                     Time now) {
    mail::Draft draft{.from = due.from,
                      .to = due.identifier.mailbox,
                      .toAsSent = spellingOf(due.identifier),
                      .replyTo = std::nullopt,
                      .subject = "ACME: " + std::string(token.text()),
                      .date = now,
                      .messageId = id,
                      .inReplyTo = std::nullopt,
                      .autoSubmitted = "auto-generated; type=acme",
                      .body = bodyOf(due.from.domain(), now, due.expires)};
    auto mail = mail::compose(draft);
    wipe(draft.subject);
    return mail;
}

}  // namespace mailca::outbox
