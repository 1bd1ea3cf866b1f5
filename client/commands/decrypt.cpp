#include "client/commands/commands.h"
#include "client/commands/content.h"
#include "client/commands/holdings.h"
#include "core/cms/enveloped.h"

namespace mailca::client {
namespace {

struct Opened {
    Bytes content;
    EmailAddress mailbox;
    Serial serial;
};

// Retired and revoked keys still open old letters. Unauthorized when none of them is a recipient's.
Result<Opened> openWithAnyKey(const Context& context, ByteView sealed) {
    std::size_t tried = 0;
    TRY(const std::vector<MailboxFolder> folders, context.state.folders());
    for (const MailboxFolder& folder : folders) {
        TRY(const std::optional<MailboxRecord> record, folder.record());
        if (!record) continue;
        TRY(const std::vector<HeldCertificate> held, heldCertificates(folder, *record));
        for (const HeldCertificate& one : held) {
            if (!mayDecrypt(one.certificate)) continue;
            ++tried;
            TRY(const crypto::PrivateKey key, folder.key(one.holding.key));
            Result<Bytes> content = cms::decrypt(sealed, key, one.certificate);
            if (content) return Opened{std::move(*content), folder.mailbox(), one.certificate.serial()};
            if (content.error().kind != ErrorKind::Unauthorized) return content.error();
        }
    }
    if (tried == 0) {
        return fail(ErrorKind::Unauthorized,
                    "this machine has no decryption key: run mailca enroll ADDRESS, or decrypt "
                    "where the mailbox was enrolled");
    }
    return fail(ErrorKind::Unauthorized, "the letter is not encrypted to any of this machine's " +
                                             std::to_string(tried) + " decryption keys (mailca status lists them)");
}

}  // namespace

Result<Outcome> decrypt(const Context& context, const DecryptOptions& options) {
    TRY_VOID(checkOutput(options.output, context.form));
    TRY(const std::string text, readContent(options.input, context.input));
    TRY(const Bytes sealed, cms::fromSmime(text));
    TRY(const Opened opened, openWithAnyKey(context, sealed));
    context.around.report.progress("decrypted with the key of " + opened.mailbox.text() + ", serial " +
                                   opened.serial.hex());
    return writeContent(
        options.output, std::string(asText(opened.content)),
        json::object({{"status", "decrypted"}, {"mailbox", opened.mailbox.text()}, {"serial", opened.serial.hex()}}));
}

}  // namespace mailca::client
