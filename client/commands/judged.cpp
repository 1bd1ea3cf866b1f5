#include "client/commands/judged.h"

#include "client/acme/directory.h"
#include "client/exchange/root_pins.h"

namespace mailca::client {

Result<std::unique_ptr<Judge>> Judge::create(const Context& context) {
    TRY(const acme::Directory directory, acme::fetchDirectory(context.http, context.config.directory));
    TRY(std::string exchange, directory.exchangeUrl());
    TRY(std::vector<x509::Certificate> roots,
        pinnedRoots(context.http, exchange, context.state, context.around.report));
    return std::unique_ptr<Judge>(new Judge(context, std::move(exchange), std::move(roots)));
}

Result<std::vector<JudgedEntry>> Judge::entriesOf(const EmailAddress& mailbox, std::string_view role) {
    TRY(const x509::Purpose purpose, purposeOf(role));
    TRY(std::vector<Entry> entries, lookUp(m_http, m_exchange, mailbox, role));
    std::vector<JudgedEntry> out;
    for (Entry& entry : entries) {
        Result<VerifiedCertificate> verdict = m_verification.verify(entry.certificate, mailbox, purpose);
        out.push_back({std::move(entry), std::move(verdict)});
    }
    return out;
}

}  // namespace mailca::client
