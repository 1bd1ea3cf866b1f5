#include <algorithm>

#include "client/acme/account.h"
#include "client/commands/commands.h"
#include "client/commands/holdings.h"
#include "client/enrollment/enrollment.h"
#include "client/exchange/root_pins.h"
#include "core/x509/path.h"

namespace mailca::client {
namespace {

constexpr std::string_view kUsualProfile = "smime-timestamp";

Outcome shown(const std::vector<HeldCertificate>& held, const MailboxFolder& folder, const std::string& headline,
              std::string_view status) {
    json::Array certificates;
    std::string text = headline + "\n";
    for (const HeldCertificate& one : held) {
        if (one.holding.state != HoldingState::Current) continue;
        certificates.push_back(describe(one, folder));
        text += line(one, folder);
    }
    return {ExitCode::Done,
            json::object({{"status", status}, {"mailbox", folder.mailbox().text()}, {"certificates", certificates}}),
            std::move(text)};
}

bool areGood(const std::vector<x509::Certificate>& current, Time now) {
    return !current.empty() &&
           std::ranges::all_of(current, [&](const x509::Certificate& one) { return now <= one.notAfter(); });
}

// The first look at the roots: pinned now, over the connection that just proved to be the CA's. What the exchange
// cannot tell today is asked again at the first lookup.
Result<void> checkAgainstRoots(const Context& context, const acme::Directory& directory,
                               const std::vector<HeldCertificate>& held, const MailboxFolder& folder) {
    if (directory.exchange.empty()) return {};
    const auto roots = pinnedRoots(context.http, directory.exchange, context.state, context.around.report);
    if (!roots) {
        context.around.report.warning("the roots are not pinned yet: " + roots.error().detail);
        return {};
    }
    for (const HeldCertificate& one : held) {
        if (one.holding.state != HoldingState::Current) continue;
        TRY(const std::vector<x509::Certificate> chain, folder.chain(one.holding.key));
        const auto path =
            x509::verifyPath(chain.front(), chain, *roots, context.around.clock.now(), x509::Purpose::Any);
        if (!path) {
            return fail(ErrorKind::Unauthorized, "the new certificate for " + one.holding.profile +
                                                     " does not lead to a pinned root: " + path.error().detail);
        }
    }
    return {};
}

Result<Outcome> enrolled(const MailboxFolder& folder, const std::string& headline, std::string_view status,
                         const Context& context, const acme::Directory& directory) {
    TRY(const std::optional<MailboxRecord> record, folder.record());
    TRY(const std::vector<HeldCertificate> held, heldCertificates(folder, record.value()));
    TRY_VOID(checkAgainstRoots(context, directory, held, folder));
    return shown(held, folder, headline, status);
}

}  // namespace

Result<Outcome> enroll(const Context& context, const EnrollOptions& options) {
    TRY(const StateLock lock, context.state.lock());
    const MailboxFolder folder = context.state.folder(options.mailbox);
    TRY(const std::optional<MailboxRecord> record, folder.record());
    TRY(const std::optional<OrderRecord> order, folder.order());
    Wish wish{options.profile, options.keyType};
    if (wish.profile.empty()) wish.profile = record ? record->profile : std::string(kUsualProfile);
    if (record && !order && record->profile == wish.profile) {
        TRY(const std::vector<HeldCertificate> held, heldCertificates(folder, *record));
        if (areGood(currentOf(held), context.around.clock.now())) {
            return shown(held, folder,
                         options.mailbox.text() + " is enrolled already (mailca renew --force for new ones)",
                         "already-enrolled");
        }
    }
    TRY_VOID(context.config.settingsOf(options.mailbox));  // before the server hears of us
    const bool agreed = options.terms == TermsAgreement::Agreed || context.config.terms == TermsAgreement::Agreed;
    TRY(const acme::Directory directory, acme::fetchDirectory(context.http, context.config.directory));
    TRY(const acme::Account account, acme::openAccount(context.http, directory, context.state,
                                                       agreed ? TermsAgreement::Agreed : TermsAgreement::NotYet));
    TRY(acme::Session session, acme::Session::create(context.http, directory, account.key, account.url));
    Enrollment enrollment(session, context.mail, folder, context.around, options.patience);
    TRY(const EnrollmentResult result, enrollment.run(wish));
    if (const auto* waiting = std::get_if<Waiting>(&result)) return fail(ErrorKind::Unavailable, waiting->detail);
    return enrolled(folder, options.mailbox.text() + " is enrolled:", "enrolled", context, directory);
}

}  // namespace mailca::client
