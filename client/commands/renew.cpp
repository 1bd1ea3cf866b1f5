#include <algorithm>

#include "client/acme/account.h"
#include "client/acme/renewal_info.h"
#include "client/commands/commands.h"
#include "client/commands/holdings.h"
#include "client/enrollment/enrollment.h"
#include "client/enrollment/renewal.h"
#include "client/exchange/lookup.h"

namespace mailca::client {
namespace {

class Renewal final {
 public:
    Renewal(const Context& context, const RenewOptions& options, acme::Session& session)
        : m_context(context),
          m_options(options),
          m_session(session),
          m_roots(context.http, session.directory().exchange, context.state, context.around) {}

    // What is due for one mailbox, and whether the exchange shows a key that is not ours.
    Result<Outcome> run(const MailboxFolder& folder) {
        TRY(const ExitCode renewed, renewIfDue(folder));
        TRY(const std::optional<MailboxRecord> record, folder.record());
        TRY(const std::vector<HeldCertificate> held, heldCertificates(folder, record.value()));
        const auto foreign = foreignKeys(folder.mailbox(), held);
        json::Value object = json::object(
            {{"mailbox", folder.mailbox().text()}, {"status", renewed == ExitCode::Done ? "renewed" : "not-due"}});
        json::Array certificates;
        std::string text = folder.mailbox().text() + (renewed == ExitCode::Done ? " is renewed:\n" : ": nothing due\n");
        for (const HeldCertificate& one : held) {
            if (one.holding.state != HoldingState::Current) continue;
            certificates.push_back(describe(one, folder));
            text += line(one, folder);
        }
        object.set("certificates", certificates);
        object.set("exchangeAsked", foreign.has_value());
        if (!foreign) {
            m_context.around.report.warning("the exchange was not asked for foreign keys: " + foreign.error().detail);
            return Outcome{renewed, std::move(object), std::move(text)};
        }
        json::Array fingerprints;
        for (const std::string& one : *foreign) fingerprints.emplace_back(one);
        object.set("foreignKeys", fingerprints);
        return Outcome{foreign->empty() ? renewed : ExitCode::Warning, std::move(object), std::move(text)};
    }

 private:
    // Done or NothingDue.
    Result<ExitCode> renewIfDue(const MailboxFolder& folder) {
        TRY(const std::optional<OrderRecord> order, folder.order());
        TRY(const std::optional<MailboxRecord> record, folder.record());
        if (!order && !record) {
            return fail(ErrorKind::NotFound, folder.mailbox().text() + " is not enrolled on this machine");
        }
        if (!order) {
            TRY(const std::vector<HeldCertificate> held, heldCertificates(folder, *record));
            if (m_options.when == RenewWhen::Due && !isDue(currentOf(held))) return ExitCode::NothingDue;
        }
        m_context.around.report.progress("renewing " + folder.mailbox().text());
        const Wish wish = record ? Wish{record->profile, record->keyType} : Wish{order->profile, order->keyType};
        Enrollment enrollment(m_session, m_context.mail, m_roots, folder, m_context.around, m_options.patience);
        TRY(const EnrollmentResult result, enrollment.run(wish));
        if (const auto* waiting = std::get_if<Waiting>(&result)) return fail(ErrorKind::Unavailable, waiting->detail);
        return ExitCode::Done;
    }

    // By their own life, or because the server says so: it may be about to revoke them (RFC 9773).
    bool isDue(const std::vector<x509::Certificate>& current) {
        const Time now = m_context.around.clock.now();
        if (isRenewalDue(current, now)) return true;
        return std::ranges::any_of(current, [&](const x509::Certificate& certificate) {
            const auto info = acme::renewalInfoOf(m_context.http, m_session.directory(), certificate);
            if (!info || now < info->at) return false;
            const std::string why = info->explanationUrl.empty() ? "" : ": " + info->explanationUrl;
            m_context.around.report.progress("the server asks for a renewal now" + why);
            return true;
        });
    }

    // Fingerprints of live certificates by this CA for keys that are not in this state directory.
    Result<std::vector<std::string>> foreignKeys(const EmailAddress& mailbox,
                                                 const std::vector<HeldCertificate>& held) {
        TRY(const std::string exchange, m_session.directory().exchangeUrl());
        TRY(const std::vector<Entry> entries, lookUp(m_context.http, exchange, mailbox, "encrypt,sign,timestamp"));
        std::vector<std::string> out;
        for (const Entry& entry : entries) {
            const bool ours = std::ranges::any_of(held, [&](const HeldCertificate& one) {
                return one.certificate.publicKey() == entry.certificate.publicKey();
            });
            if (ours || entry.trustClass != TrustClass::Issued) continue;
            out.push_back(toHex(entry.certificate.sha256()));
            m_context.around.report.warning("THE EXCHANGE SHOWS A KEY FOR " + mailbox.text() +
                                            " THAT IS NOT THIS MACHINE'S: SHA-256 " + out.back() + ", serial " +
                                            entry.certificate.serial().hex() +
                                            ". If it is not from another machine of yours, tell the CA's operator");
        }
        return out;
    }

    const Context& m_context;
    const RenewOptions& m_options;
    acme::Session& m_session;
    RootCheck m_roots;
};

Outcome failed(const MailboxFolder& folder, const Error& error, Report& report) {
    report.warning(folder.mailbox().text() + ": " + error.detail);
    Outcome outcome = outcomeOf(error);
    outcome.object.set("mailbox", folder.mailbox().text());
    return outcome;
}

}  // namespace

Result<Outcome> renew(const Context& context, const RenewOptions& options) {
    TRY(const StateLock lock, context.state.lock());
    std::vector<MailboxFolder> folders;
    if (options.mailbox) {
        folders.push_back(context.state.folder(*options.mailbox));
    } else {
        TRY(folders, context.state.folders());
    }
    TRY(const acme::Account account, acme::loadAccount(context.state, context.config.directory));
    TRY(acme::Directory directory, acme::fetchDirectory(context.http, context.config.directory));
    TRY(acme::Session session, acme::Session::create(context.http, std::move(directory), account.key, account.url));
    Renewal renewal(context, options, session);
    Outcome all{ExitCode::NothingDue, {}, ""};
    json::Array mailboxes;
    for (const MailboxFolder& folder : folders) {
        Result<Outcome> one = renewal.run(folder);
        const Outcome outcome = one ? *one : failed(folder, one.error(), context.around.report);
        all.code = graver(all.code, outcome.code);
        all.text += outcome.text;
        mailboxes.push_back(outcome.object);
    }
    all.object = json::object({{"exitCode", static_cast<int>(all.code)}, {"mailboxes", mailboxes}});
    return all;
}

}  // namespace mailca::client
