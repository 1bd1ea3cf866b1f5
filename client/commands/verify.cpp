#include "client/commands/commands.h"
#include "client/commands/content.h"
#include "client/commands/judged.h"
#include "core/cms/signed.h"
#include "mail/message.h"

namespace mailca::client {
namespace {

constexpr seconds kClocksMayDiffer = 5min;

struct Author {
    EmailAddress mailbox;
    cms::Signature signature;
};

// The mailbox in From (RFC 8550 section 3); nullopt when there is no such field.
Result<std::optional<EmailAddress>> fromFieldOf(const std::string& head) {
    if (head.empty()) return std::optional<EmailAddress>();
    TRY(const mail::Message message, mail::Message::parse(head));
    if (!message.has("From")) return std::optional<EmailAddress>();
    if (const auto from = message.from().single()) return from;
    return fail(ErrorKind::Malformed, "the mail's From names no one mailbox: say with --from who should have signed");
}

// Whose word the signature is good for; the mailbox that the certificate names when nobody said who it should be.
Result<EmailAddress> mailboxOf(const std::optional<EmailAddress>& wanted, const x509::Certificate& certificate) {
    if (wanted) return *wanted;
    const std::vector<std::string> names = certificate.emails();
    if (names.empty()) return fail(ErrorKind::Unauthorized, "it names no mailbox");
    return EmailAddress::parse(names.front());
}

Result<Author> judge(Judge& judge, const cms::Signature& signature, const std::optional<EmailAddress>& wanted,
                     Time now) {
    TRY(EmailAddress mailbox, mailboxOf(wanted, signature.signer));
    const Time at = signature.signedAt.value_or(now);
    if (at > now + kClocksMayDiffer) {
        return fail(ErrorKind::Unauthorized, "it claims to be made on " + toRfc3339(at) + ", which is still to come");
    }
    TRY_VOID(judge.verifySigner(signature.signer, mailbox, at));
    return Author{std::move(mailbox), signature};
}

// Of several signatures the first that is good for the mailbox.
Result<Author> authorOf(Judge& judging, const cms::SignedContent& content, const std::optional<EmailAddress>& wanted,
                        Time now) {
    std::string refusals;
    for (const cms::Signature& one : content.signatures) {
        Result<Author> author = judge(judging, one, wanted, now);
        if (author || author.error().kind == ErrorKind::Connection) return author;
        refusals += "; serial " + one.signer.serial().hex() + ": " + author.error().detail;
    }
    return fail(ErrorKind::Unauthorized,
                "the content is as it was signed, but who signed it cannot be trusted" + refusals);
}

}  // namespace

Result<Outcome> verify(const Context& context, const VerifyOptions& options) {
    TRY_VOID(checkOutput(options.output, context.form));
    TRY(const std::string text, readContent(options.input, context.input));
    TRY(const cms::SignedMail mail, cms::readSigned(text));
    std::optional<EmailAddress> wanted = options.from;
    if (!wanted) {
        TRY(wanted, fromFieldOf(mail.head));
    }
    TRY(const cms::SignedContent content, cms::verify(mail));
    TRY(const std::unique_ptr<Judge> judging, Judge::create(context));
    const Time now = context.around.clock.now();
    TRY(const Author author, authorOf(*judging, content, wanted, now));
    const x509::Certificate& certificate = author.signature.signer;
    Report& report = context.around.report;
    json::Value object = json::object(
        {{"status", "verified"}, {"mailbox", author.mailbox.text()}, {"serial", certificate.serial().hex()}});
    if (author.signature.signedAt) object.set("signedAt", toRfc3339(*author.signature.signedAt));
    report.progress("signed by " + author.mailbox.text() + ", serial " + certificate.serial().hex() +
                    (author.signature.signedAt ? ", on " + toRfc3339(*author.signature.signedAt) : ""));
    if (!wanted) report.warning("neither From nor --from says who should have signed: compare the address yourself");
    TRY(Outcome outcome, writeContent(options.output, std::string(asText(content.content)), std::move(object)));
    if (now > certificate.notAfter()) {
        // The date is the signer's own word, and a CRL forgets what has expired (RFC 5280 section 3.3).
        report.warning("the certificate has expired on " + toRfc3339(certificate.notAfter()) +
                       ", and nobody tells any more whether it had been revoked: trust the signature only if you had "
                       "this letter before");
        outcome.code = ExitCode::Warning;
    }
    return outcome;
}

}  // namespace mailca::client
