// A mailbox's entries in the exchange, each with our own verdict.
#pragma once

#include <vector>

#include "client/commands/commands.h"
#include "client/exchange/lookup.h"
#include "client/exchange/verification.h"

namespace mailca::client {

struct JudgedEntry {
    Entry entry;
    Result<VerifiedCertificate> verdict;
};

// Fetches and verifies; pins the roots at the first use. Issuers and CRLs are fetched once for all mailboxes asked for.
class Judge {
 public:
    static Result<std::unique_ptr<Judge>> create(const Context& context);
    // `role` is encrypt, sign or timestamp.
    Result<std::vector<JudgedEntry>> entriesOf(const EmailAddress& mailbox, std::string_view role);
    // The certificate of a signature made at `at`.
    Result<VerifiedCertificate> verifySigner(const x509::Certificate& certificate, const EmailAddress& mailbox,
                                             Time at) {
        return m_verification.verifyAt(at, certificate, mailbox, x509::Purpose::SmimeSign);
    }

 private:
    Judge(const Context& context, std::string exchange, std::vector<x509::Certificate> roots)
        : m_http(context.http),
          m_exchange(std::move(exchange)),
          m_issuers(context.http),
          m_revocation(context.http, context.around.clock),
          m_verification(std::move(roots), m_issuers, m_revocation, context.around.clock) {}

    Http& m_http;
    std::string m_exchange;
    Issuers m_issuers;
    Revocation m_revocation;
    Verification m_verification;
};

}  // namespace mailca::client
