#include <algorithm>

#include "client/acme/account.h"
#include "client/commands/commands.h"
#include "client/commands/holdings.h"
#include "client/enrollment/enrollment.h"

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

// What was ordered stays ordered: a choice made since then is not dropped without a word.
void tellWhatHasToWait(const EnrollOptions& options, const OrderRecord& order, Report& report) {
    const bool otherProfile = !options.profile.empty() && options.profile != order.profile;
    const bool otherType = !options.keyType.empty() && options.keyType != order.keyType;
    if (!otherProfile && !otherType) return;
    report.progress("an order for " + order.profile + " is under way and comes first; " +
                    (otherProfile ? "--profile " + options.profile : "--key-type " + options.keyType) +
                    " has no effect on it" + (otherProfile ? ": run the same command again afterwards" : ""));
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
    RootCheck roots(context.http, directory.exchange, context.state, context.around);
    if (order) tellWhatHasToWait(options, *order, context.around.report);
    Enrollment enrollment(session, context.mail, roots, folder, context.around, options.patience);
    TRY(const EnrollmentResult result, enrollment.run(wish));
    if (const auto* waiting = std::get_if<Waiting>(&result)) return fail(ErrorKind::Unavailable, waiting->detail);
    TRY(const std::optional<MailboxRecord> now, folder.record());
    TRY(const std::vector<HeldCertificate> held, heldCertificates(folder, now.value()));
    return shown(held, folder, options.mailbox.text() + " is enrolled:", "enrolled");
}

}  // namespace mailca::client
