#include "mail/lmtp_session.h"
#include "tests/fuzz/target.h"

namespace mailca::fuzz {
namespace {

// RFC 2033: a whole conversation, whatever stands in it.
Target lmtp(const World&) {
    return {
        textsOf(
            {"LHLO mx.example.org\r\nMAIL FROM:<alice@example.org> SIZE=100 BODY=8BITMIME\r\n"
             "RCPT TO:<acme@ca.example>\r\nRCPT TO:<acme+x@ca.example>\r\nDATA\r\nSubject: "
             "s\r\n\r\n..a\r\n.\r\nRSET\r\nQUIT\r\n",
             "LHLO x\r\nMAIL FROM:<> SMTPUTF8\r\nRCPT TO:<\xC3\xA4@ca.example>\r\nDATA\r\n.\r\nNOOP\r\nVRFY x\r\n"}),
        [](ByteView bytes) {
            std::size_t mails = 0;
            mail::LmtpSession session(
                "ca.example", [&mails](const mail::Envelope& envelope, std::string_view mail) -> Result<void> {
                    promise(!envelope.recipients.empty() && envelope.recipients.size() <= mail::kMaxLmtpRecipients,
                            "a mail is for somebody");
                    promise(mail.size() <= mail::kMaxLmtpMail, "no mail is larger (A48)");
                    for (const EmailAddress& to : envelope.recipients) {
                        promise(to.domain() == "ca.example", "and for this service");
                    }
                    ++mails;
                    return {};
                });
            const std::string replies = session.take(asText(bytes));
            promise(replies.empty() || replies.ends_with("\r\n"), "every reply is a line");
            std::size_t kept = 0;
            for (std::size_t at = 0; (at = replies.find("250 2.0.0 kept\r\n", at)) != std::string::npos; ++at) ++kept;
            promise(kept >= mails, "every recipient of what was kept is told so (RFC 2033 section 4.2)");
        }};
}

}  // namespace

Targets mailDoorTargets() {
    return {{"lmtp", lmtp}};
}

}  // namespace mailca::fuzz
