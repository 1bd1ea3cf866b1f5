#include <algorithm>

#include "client/acme/account.h"
#include "client/acme/session.h"
#include "client/commands/commands.h"
#include "client/commands/holdings.h"

namespace mailca::client {
namespace {

bool isMeant(const HeldCertificate& held, const RevokeOptions& options, Time now) {
    if (options.serial) return held.certificate.serial() == *options.serial;
    return held.holding.state != HoldingState::Revoked && now <= held.certificate.notAfter();
}

Result<void> revokeOne(acme::Session& session, const x509::Certificate& certificate, int reason) {
    json::Value payload = json::object({{"certificate", toBase64Url(certificate.der())}});
    if (reason != 0) payload.set("reason", reason);
    const auto reply = session.post(session.directory().revokeCert, payload);
    if (!reply && reply.error().kind != ErrorKind::AlreadyRevoked) return reply.error();
    return {};
}

Result<void> remember(const MailboxFolder& folder, MailboxRecord& record, const KeyName& revoked) {
    std::ranges::find(record.holdings, revoked, &Holding::key)->state = HoldingState::Revoked;
    return folder.save(record);
}

}  // namespace

Result<Outcome> revoke(const Context& context, const RevokeOptions& options) {
    TRY(const StateLock lock, context.state.lock());
    const MailboxFolder folder = context.state.folder(options.mailbox);
    TRY(std::optional<MailboxRecord> record, folder.record());
    if (!record) {
        return fail(ErrorKind::NotFound, options.mailbox.text() +
                                             " has no certificates on this machine: revoke where it "
                                             "was enrolled, or ask the CA's operator");
    }
    TRY(const std::vector<HeldCertificate> held, heldCertificates(folder, *record));
    TRY(const acme::Account account, acme::loadAccount(context.state, context.config.directory));
    TRY(acme::Directory directory, acme::fetchDirectory(context.http, context.config.directory));
    TRY(acme::Session session, acme::Session::create(context.http, std::move(directory), account.key, account.url));
    json::Array certificates;
    std::string text;
    for (const HeldCertificate& one : held) {
        if (!isMeant(one, options, context.around.clock.now())) continue;
        TRY_VOID(revokeOne(session, one.certificate, options.reason));
        TRY_VOID(remember(folder, *record, one.holding.key));
        const std::string serial = one.certificate.serial().hex();
        certificates.push_back(json::object({{"profile", one.holding.profile}, {"serial", serial}}));
        text += "revoked: " + one.holding.profile + ", serial " + serial + "\n";
    }
    if (certificates.empty()) {
        return fail(ErrorKind::NotFound,
                    options.serial ? "no certificate of this machine has that serial number (mailca status)"
                                   : "no live certificate of " + options.mailbox.text() + " is left to revoke");
    }
    return Outcome{
        ExitCode::Done,
        json::object({{"status", "revoked"}, {"mailbox", options.mailbox.text()}, {"certificates", certificates}}),
        std::move(text)};
}

}  // namespace mailca::client
