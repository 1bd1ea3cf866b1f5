// The certificates of this machine, as commands look at them and show them.
#pragma once

#include <string>
#include <vector>

#include "client/state/state_directory.h"
#include "core/json/json.h"

namespace mailca::client {

struct HeldCertificate {
    Holding holding;
    x509::Certificate certificate;
};

// Every certificate of the record with its leaf, oldest first. Errors as MailboxFolder has them.
Result<std::vector<HeldCertificate>> heldCertificates(const MailboxFolder& folder, const MailboxRecord& record);
std::vector<x509::Certificate> currentOf(const std::vector<HeldCertificate>& held);

// Letters as `mailca encrypt` makes them.
bool mayDecrypt(const x509::Certificate& certificate);
// The only mailbox enrolled on this machine; nullopt when there is none. Config error when there are several: `say`
// tells how to name one ("--from who writes").
Result<std::optional<EmailAddress>> onlyMailbox(const StateDirectory& state, std::string_view say);

json::Value describe(const HeldCertificate& held, const MailboxFolder& folder);
std::string line(const HeldCertificate& held, const MailboxFolder& folder);  // for people, with its line end

}  // namespace mailca::client
