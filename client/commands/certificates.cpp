#include "client/acme/account.h"
#include "client/acme/mailbox_certificates.h"
#include "client/commands/commands.h"

namespace mailca::client {

Result<Outcome> certificates(const Context& context, const CertificatesOptions& options) {
    TRY(const acme::Account account, acme::loadAccount(context.state, context.config.directory));
    TRY(acme::Directory directory, acme::fetchDirectory(context.http, context.config.directory));
    TRY(acme::Session session, acme::Session::create(context.http, std::move(directory), account.key, account.url));
    TRY(const auto listed, acme::listCertificates(session, options.mailbox));
    json::Array entries;
    std::string text;
    for (const acme::ListedCertificate& one : listed) {
        const std::string serial = one.certificate.serial().hex();
        const std::string until = toRfc3339(one.certificate.notAfter());
        entries.push_back(json::object({{"serial", serial},
                                        {"profile", one.profile},
                                        {"status", one.status},
                                        {"notAfter", until},
                                        {"orderedByThisAccount", one.own}}));
        text += serial + "  " + one.profile + ", " + one.status + ", until " + until +
                (one.own ? "" : ", of another account") + "\n";
    }
    if (listed.empty()) text = "there are no certificates of " + options.mailbox.text() + "\n";
    return Outcome{ExitCode::Done,
                   json::object({{"mailbox", options.mailbox.text()}, {"certificates", std::move(entries)}}),
                   std::move(text)};
}

}  // namespace mailca::client
