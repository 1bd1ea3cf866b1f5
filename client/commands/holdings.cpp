#include "client/commands/holdings.h"

#include "client/enrollment/renewal.h"
#include "core/cms/enveloped.h"

namespace mailca::client {

Result<std::vector<HeldCertificate>> heldCertificates(const MailboxFolder& folder, const MailboxRecord& record) {
    std::vector<HeldCertificate> out;
    for (const Holding& holding : record.holdings) {
        TRY(x509::Certificate certificate, folder.leaf(holding.key));
        out.push_back({holding, std::move(certificate)});
    }
    return out;
}

std::vector<x509::Certificate> currentOf(const std::vector<HeldCertificate>& held) {
    std::vector<x509::Certificate> out;
    for (const HeldCertificate& one : held) {
        if (one.holding.state == HoldingState::Current) out.push_back(one.certificate);
    }
    return out;
}

bool mayDecrypt(const x509::Certificate& certificate) {
    const unsigned bits = certificate.keyUsage().value_or(0);
    return (bits & (x509::kKeyEncipherment | x509::kKeyAgreement)) != 0 &&
           cms::canEncryptTo(certificate.publicKey().type());
}

Result<std::optional<EmailAddress>> onlyMailbox(const StateDirectory& state, std::string_view say) {
    std::optional<EmailAddress> only;
    TRY(const std::vector<MailboxFolder> folders, state.folders());
    for (const MailboxFolder& folder : folders) {
        TRY(const std::optional<MailboxRecord> record, folder.record());
        if (!record) continue;
        if (only) {
            return fail(ErrorKind::Config, "several mailboxes are enrolled here: say with " + std::string(say));
        }
        only = folder.mailbox();
    }
    return only;
}

json::Value describe(const HeldCertificate& held, const MailboxFolder& folder) {
    const x509::Certificate& certificate = held.certificate;
    return json::object({{"profile", held.holding.profile},
                         {"state", nameOf(held.holding.state)},
                         {"serial", certificate.serial().hex()},
                         {"fingerprint", toHex(certificate.sha256())},
                         {"notBefore", toRfc3339(certificate.notBefore())},
                         {"notAfter", toRfc3339(certificate.notAfter())},
                         {"renewAfter", toRfc3339(renewalTime(certificate.notBefore(), certificate.notAfter()))},
                         {"keyFile", folder.keyFile(held.holding.key).string()},
                         {"chainFile", folder.chainFile(held.holding.key).string()}});
}

std::string line(const HeldCertificate& held, const MailboxFolder& folder) {
    const x509::Certificate& certificate = held.certificate;
    std::string profile = held.holding.profile;
    profile.resize(std::max<std::size_t>(profile.size(), 14), ' ');
    std::string out = "  " + profile + " " + std::string(nameOf(held.holding.state)) + ", serial " +
                      certificate.serial().hex() + ", until " + toRfc3339(certificate.notAfter());
    if (held.holding.state == HoldingState::Current) {
        out += ", renewed after " + toRfc3339(renewalTime(certificate.notBefore(), certificate.notAfter()));
    }
    return out + "\n" + std::string(17, ' ') + folder.chainFile(held.holding.key).string() + "\n";
}

}  // namespace mailca::client
