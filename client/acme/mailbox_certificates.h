// Every certificate that the server ever made for a mailbox, whoever ordered it: for whoever has proved the mailbox
// (docs/acme.md).
#pragma once

#include <string>
#include <vector>

#include "client/acme/session.h"
#include "core/email_address.h"
#include "core/x509/certificate.h"

namespace mailca::client::acme {

struct ListedCertificate {
    x509::Certificate certificate;
    std::string profile;
    std::string status;  // "valid", "expired", "revoked"
    bool own = false;    // ordered by this account
};

// Newest first. NotFound: the server has no such list. Unauthorized: the account has to prove the mailbox anew.
Result<std::vector<ListedCertificate>> listCertificates(Session& session, const EmailAddress& mailbox);

}  // namespace mailca::client::acme
