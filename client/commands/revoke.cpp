#include <algorithm>

#include "client/acme/account.h"
#include "client/acme/mailbox_certificates.h"
#include "client/acme/session.h"
#include "client/commands/commands.h"
#include "client/commands/holdings.h"

namespace mailca::client {
namespace {

// What is to be revoked, and the key on this machine that it belongs to, if there is one.
struct Target {
    x509::Certificate certificate;
    std::string profile;
    std::optional<KeyName> key;
};

std::vector<Target> onThisMachine(const std::vector<HeldCertificate>& held, const RevokeOptions& options, Time now) {
    const auto* const serial = std::get_if<Serial>(&options.which);
    std::vector<Target> targets;
    for (const HeldCertificate& one : held) {
        const bool live = one.holding.state != HoldingState::Revoked && now <= one.certificate.notAfter();
        if (serial == nullptr ? live : one.certificate.serial() == *serial) {
            targets.push_back({one.certificate, one.holding.profile, one.holding.key});
        }
    }
    return targets;
}

// Of the server's list, which only whoever proved the mailbox gets (RFC 8555 section 7.6).
Result<std::vector<Target>> onTheServer(acme::Session& session, const RevokeOptions& options) {
    const auto* const serial = std::get_if<Serial>(&options.which);
    TRY(const auto listed, acme::listCertificates(session, options.mailbox));
    std::vector<Target> targets;
    for (const acme::ListedCertificate& one : listed) {
        if (serial == nullptr ? !one.own && one.status == "valid" : one.certificate.serial() == *serial) {
            targets.push_back({one.certificate, one.profile, std::nullopt});
        }
    }
    return targets;
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

Result<std::vector<Target>> targetsOf(acme::Session& session, const std::vector<HeldCertificate>& held,
                                      const RevokeOptions& options, Time now) {
    if (std::holds_alternative<OfOthers>(options.which)) return onTheServer(session, options);
    std::vector<Target> targets = onThisMachine(held, options, now);
    if (!targets.empty() || std::holds_alternative<OfThisMachine>(options.which)) return targets;
    return onTheServer(session, options);
}

Error nothingMeant(const RevokeOptions& options) {
    if (std::holds_alternative<Serial>(options.which)) {
        return fail(ErrorKind::NotFound, "no certificate of " + options.mailbox.text() +
                                             " has that serial number (mailca certificates " + options.mailbox.text() +
                                             ")");
    }
    const bool others = std::holds_alternative<OfOthers>(options.which);
    return fail(ErrorKind::NotFound,
                others ? "no other account has a live certificate of " + options.mailbox.text()
                       : "no live certificate of " + options.mailbox.text() + " is left to revoke on this machine");
}

}  // namespace

Result<Outcome> revoke(const Context& context, const RevokeOptions& options) {
    TRY(const StateLock lock, context.state.lock());
    const MailboxFolder folder = context.state.folder(options.mailbox);
    TRY(std::optional<MailboxRecord> record, folder.record());
    if (!record && std::holds_alternative<OfThisMachine>(options.which)) {
        return fail(ErrorKind::NotFound, options.mailbox.text() +
                                             " has no certificates on this machine: revoke where it "
                                             "was enrolled, or ask the CA's operator");
    }
    TRY(const std::vector<HeldCertificate> held,
        record ? heldCertificates(folder, *record) : std::vector<HeldCertificate>());
    TRY(const acme::Account account, acme::loadAccount(context.state, context.config.directory));
    TRY(acme::Directory directory, acme::fetchDirectory(context.http, context.config.directory));
    TRY(acme::Session session, acme::Session::create(context.http, std::move(directory), account.key, account.url));
    TRY(const std::vector<Target> targets, targetsOf(session, held, options, context.around.clock.now()));
    if (targets.empty()) return nothingMeant(options);
    json::Array certificates;
    std::string text;
    for (const Target& one : targets) {
        TRY_VOID(revokeOne(session, one.certificate, options.reason));
        if (one.key) TRY_VOID(remember(folder, *record, *one.key));
        const std::string serial = one.certificate.serial().hex();
        certificates.push_back(json::object({{"profile", one.profile}, {"serial", serial}}));
        text += "revoked: " + one.profile + ", serial " + serial + "\n";
    }
    return Outcome{
        ExitCode::Done,
        json::object({{"status", "revoked"}, {"mailbox", options.mailbox.text()}, {"certificates", certificates}}),
        std::move(text)};
}

}  // namespace mailca::client
