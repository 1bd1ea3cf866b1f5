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
constexpr std::string_view kReminder = R"(This mail reminds you of certificates that the certificate authority of
@DOMAIN@ made for this mailbox, and that wait to be published:
)";
constexpr std::string_view kReminded = R"(
A program that had none before has got them, beside those that others have.
From @PUBLISHED@ on everybody is given them.
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

std::string noticeOf(const std::vector<ra::NoticedCertificate>& certificates) {
    const bool stranger = std::ranges::any_of(certificates, &ra::NoticedCertificate::stranger);
    const bool held = std::ranges::any_of(certificates, &ra::NoticedCertificate::held);
    return std::string(stranger ? kByStranger : kByKnown) + listed(certificates) + std::string(held ? kHeld : "");
}

}  // namespace

Result<std::string> composeNotice(const ra::DueNotice& due, const EmailAddress& from, const mail::MessageId& id,
                                  Time now) {
    const bool reminder = due.kind == ra::NoticeKind::Reminder;
    const std::string body = (reminder ? std::string(kReminder) + listed(due.certificates) + std::string(kReminded)
                                       : noticeOf(due.certificates)) +
                             std::string(kWhatToDo);
    const Time published = reminder ? due.heldUntil : now + due.hold;
    return mail::compose(
        {.from = from,
         .to = due.mailbox,
         .toAsSent = "",
         .replyTo = std::nullopt,
         .subject = reminder ? "Reminder: new certificates for your mailbox" : "New certificates for your mailbox",
         .date = now,
         .messageId = id,
         .inReplyTo = std::nullopt,
         .autoSubmitted = "auto-generated",
         .body = filled(body, {{"@DOMAIN@", from.domain()}, {"@PUBLISHED@", toMailDate(published)}})});
}

}  // namespace mailca::outbox
