#include <algorithm>

#include "client/commands/commands.h"
#include "client/commands/content.h"
#include "client/commands/holdings.h"
#include "client/commands/mime_entity.h"
#include "core/cms/signed.h"

namespace mailca::client {
namespace {

bool maySign(const x509::Certificate& certificate) {
    const unsigned bits = certificate.keyUsage().value_or(0);
    const std::vector<std::string> usages = certificate.extendedKeyUsage();
    return (bits & (x509::kDigitalSignature | x509::kNonRepudiation)) != 0 &&
           std::ranges::find(usages, x509::oid::kEmailProtection) != usages.end() &&
           cms::canSignWith(certificate.publicKey().type());
}

// The newest current one that is valid now and that `may`.
std::optional<HeldCertificate> newestOf(const std::vector<HeldCertificate>& held,
                                        bool (*may)(const x509::Certificate& certificate), Time now) {
    const auto found = std::find_if(held.rbegin(), held.rend(), [&](const HeldCertificate& one) {
        return one.holding.state == HoldingState::Current && may(one.certificate) &&
               one.certificate.notBefore() <= now && now <= one.certificate.notAfter();
    });
    return found == held.rend() ? std::nullopt : std::optional(*found);
}

Error cannotSign(const EmailAddress& mailbox) {
    return fail(ErrorKind::NotFound, "this machine has no signing certificate of " + mailbox.text() +
                                         " that is valid now (mailca status lists what there is): run mailca enroll " +
                                         mailbox.text() + " or mailca renew");
}

Result<EmailAddress> signerOf(const Context& context, const SignOptions& options) {
    if (options.as) return *options.as;
    TRY(std::optional<EmailAddress> mailbox, onlyMailbox(context.state, "--as who signs"));
    if (mailbox) return *mailbox;
    return fail(ErrorKind::NotFound, "no mailbox is enrolled here to sign as: run mailca enroll ADDRESS");
}

}  // namespace

Result<Outcome> sign(const Context& context, const SignOptions& options) {
    TRY_VOID(checkOutput(options.output, context.form));
    TRY(const EmailAddress mailbox, signerOf(context, options));
    const MailboxFolder folder = context.state.folder(mailbox);
    TRY(const std::optional<MailboxRecord> record, folder.record());
    if (!record) return cannotSign(mailbox);
    TRY(const std::vector<HeldCertificate> held, heldCertificates(folder, *record));
    const Time now = context.around.clock.now();
    const std::optional<HeldCertificate> own = newestOf(held, maySign, now);
    if (!own) return cannotSign(mailbox);
    const std::optional<HeldCertificate> encryption = newestOf(held, mayDecrypt, now);
    TRY(const crypto::PrivateKey key, folder.key(own->holding.key));
    TRY(const std::vector<x509::Certificate> chain, folder.chain(own->holding.key));
    const cms::Signer signer{key, chain, encryption ? std::optional(encryption->certificate) : std::nullopt};
    TRY(std::string content, readContent(options.input, context.input));
    std::string out;
    if (options.form == cms::SignatureForm::Detached) {
        TRY(content, signableEntity(content));
        TRY(const Bytes signature, cms::sign(asBytes(content), signer, now, options.form));
        out = cms::multipartSigned(content, signature, cms::micalgOf(key));
    } else {
        TRY(const Bytes whole, cms::sign(asBytes(content), signer, now, options.form));
        out = cms::toSmime(whole, cms::SmimeType::SignedData);
    }
    const std::string serial = own->certificate.serial().hex();
    context.around.report.progress("signed as " + mailbox.text() + ", serial " + serial);
    return writeContent(options.output, std::move(out),
                        json::object({{"status", "signed"}, {"mailbox", mailbox.text()}, {"serial", serial}}));
}

}  // namespace mailca::client
