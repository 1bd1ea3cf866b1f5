#include "enroll/outbox/notice_mail.h"

#include <algorithm>

#include "enroll/outbox/template.h"
#include "mail/compose.h"

namespace mailca::outbox {
namespace {

constexpr std::size_t kMostListed = 30;

constexpr std::string_view kByKnown = R"(The certificate authority of @DOMAIN@ has made certificates
for this mailbox:
)";
constexpr std::string_view kByStranger = R"(A program that had no certificates for this mailbox before has proved to
the certificate authority of @DOMAIN@ that it reads its mail,
and was given these:
)";
constexpr std::string_view kHeld = R"(
Other programs have certificates for this mailbox. So that you can look at
the new ones first, nobody is given them before
@PUBLISHED@.
)";
constexpr std::string_view kWhatToDo = R"(
If it was you, or a program of yours: you need do nothing.

If it was not: somebody reads the mail of this mailbox and answers it.
First change its password. Then revoke what is not yours: a program that
proves this mailbox anew may list and revoke all certificates of it, as
`mailca certificates` and `mailca revoke` do. To report abuse, write to
postmaster@@DOMAIN@.
)";

std::string listed(const std::vector<ra::NoticedCertificate>& certificates) {
    std::string lines;
    for (const ra::NoticedCertificate& one : certificates) {
        if (&one == certificates.data() + kMostListed) {
            return lines + "\n  and " + std::to_string(certificates.size() - kMostListed) + " more\n";
        }
        lines += "\n  " + one.profile + ", valid until " + toMailDate(one.notAfter) + "\n  serial number " +
                 one.serial.hex() + "\n";
    }
    return lines;
}

}  // namespace

Result<std::string> composeNotice(const ra::DueNotice& due, const EmailAddress& from, const mail::MessageId& id,
                                  Time now) {
    const bool stranger = std::ranges::any_of(due.certificates, &ra::NoticedCertificate::stranger);
    const bool held = std::ranges::any_of(due.certificates, &ra::NoticedCertificate::held);
    const std::string body = std::string(stranger ? kByStranger : kByKnown) + listed(due.certificates) +
                             std::string(held ? kHeld : "") + std::string(kWhatToDo);
    return mail::compose(
        {.from = from,
         .to = due.mailbox,
         .toAsSent = "",
         .replyTo = std::nullopt,
         .subject = "New certificates for your mailbox",
         .date = now,
         .messageId = id,
         .inReplyTo = std::nullopt,
         .autoSubmitted = "auto-generated",
         .body = filled(body, {{"@DOMAIN@", from.domain()}, {"@PUBLISHED@", toMailDate(now + due.hold)}})});
}

}  // namespace mailca::outbox
