#include <algorithm>

#include "client/commands/commands.h"
#include "client/commands/content.h"
#include "client/commands/holdings.h"
#include "client/commands/judged.h"
#include "client/exchange/capabilities.h"

namespace mailca::client {
namespace {

constexpr std::string_view kNotForYou = "you will not be able to read this letter yourself";

// The mailbox that --from names, or the only one enrolled here; nullopt when there is none.
Result<std::optional<EmailAddress>> senderOf(const Context& context, const EncryptOptions& options) {
    if (options.from) return options.from;
    TRY(std::optional<EmailAddress> only, onlyMailbox(context.state, "--from who writes"));
    if (only) return only;
    context.around.report.warning("no mailbox is enrolled here: " + std::string(kNotForYou));
    return std::optional<EmailAddress>();
}

// Every certificate of `mailbox` that one may encrypt to; at least one.
Result<std::vector<VerifiedCertificate>> certificatesOf(Judge& judge, const EmailAddress& mailbox, Report& report) {
    TRY(const std::vector<JudgedEntry> entries, judge.entriesOf(mailbox, "encrypt"));
    std::vector<VerifiedCertificate> out;
    std::string refusals;
    for (const JudgedEntry& one : entries) {
        const crypto::KeyType type = one.entry.certificate.publicKey().type();
        if (!cms::canEncryptTo(type)) {  // S/MIME knows no SM2: the mailbox's other certificate is for this
            refusals += "; serial " + one.entry.certificate.serial().hex() + ": " + std::string(nameOf(type)) +
                        " is no key for S/MIME";
            continue;
        }
        if (one.verdict) {
            out.push_back(*one.verdict);
            continue;
        }
        const std::string refusal =
            "serial " + one.entry.certificate.serial().hex() + ": " + one.verdict.error().detail;
        report.warning("not encrypting to a certificate of " + mailbox.text() + ", " + refusal);
        refusals += "; " + refusal;
    }
    if (!out.empty()) return out;
    if (entries.empty()) {
        return fail(ErrorKind::NotFound,
                    "the exchange has no live encryption certificate of " + mailbox.text() + ": nothing was encrypted");
    }
    return fail(ErrorKind::Unauthorized,
                "no certificate of " + mailbox.text() + " can be used" + refusals + "; nothing was encrypted");
}

// The same for the sender, who is no reason not to write: none, with a warning, when none can be used.
Result<std::vector<VerifiedCertificate>> certificatesOfSender(Judge& judge, const EmailAddress& sender,
                                                              Report& report) {
    Result<std::vector<VerifiedCertificate>> found = certificatesOf(judge, sender, report);
    if (found) return found;
    const ErrorKind kind = found.error().kind;
    if (kind != ErrorKind::NotFound && kind != ErrorKind::Unauthorized) return found;
    report.warning("nothing of " + sender.text() + " to encrypt to: " + std::string(kNotForYou));
    return std::vector<VerifiedCertificate>();
}

}  // namespace

Result<Outcome> encrypt(const Context& context, const EncryptOptions& options) {
    TRY_VOID(checkOutput(options.output, context.form));
    TRY(const std::optional<EmailAddress> sender, senderOf(context, options));
    TRY(const std::unique_ptr<Judge> judge, Judge::create(context));
    Report& report = context.around.report;
    std::vector<VerifiedCertificate> verified;
    json::Array recipients;
    const auto take = [&](const EmailAddress& reader, const std::vector<VerifiedCertificate>& some) {
        for (const VerifiedCertificate& one : some) {
            recipients.push_back(
                json::object({{"mailbox", reader.text()}, {"serial", one.certificate().serial().hex()}}));
            verified.push_back(one);
        }
        if (some.empty()) return;
        report.progress("encrypting to " + reader.text() + " (" + std::to_string(some.size()) +
                        (some.size() == 1 ? " certificate)" : " certificates)"));
    };
    for (const EmailAddress& reader : options.to) {
        TRY(const std::vector<VerifiedCertificate> some, certificatesOf(*judge, reader, report));
        take(reader, some);
    }
    if (sender && std::ranges::find(options.to, *sender) == options.to.end()) {
        TRY(const std::vector<VerifiedCertificate> own, certificatesOfSender(*judge, *sender, report));
        take(*sender, own);
    }
    TRY(const std::string content, readContent(options.input, context.input));
    std::vector<x509::Certificate> certificates;
    for (const VerifiedCertificate& one : verified) certificates.push_back(one.certificate());
    const cms::ContentCipher cipher = cipherFor(verified);
    TRY(const Bytes sealed, cms::encrypt(asBytes(content), certificates, cipher));
    return writeContent(options.output, cms::toSmime(sealed, cms::smimeTypeOf(cipher)),
                        json::object({{"status", "encrypted"}, {"recipients", recipients}}));
}

}  // namespace mailca::client
