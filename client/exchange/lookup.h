// Asking the public key exchange for a mailbox. What it answers is hearsay until exchange/verification.h has checked
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/http.h"
#include "core/email_address.h"
#include "core/x509/certificate.h"

namespace mailca::client {

enum class TrustClass { Issued, Observed };  // temporary ones are not in a lookup and refused if they are

// One entry of the answer.
struct Entry {
    std::vector<std::string> roles;  // "encrypt", "sign", "timestamp"
    std::string algorithm;
    TrustClass trustClass;
    std::string state;  // "live"
    x509::Certificate certificate;
};

// Every live entry of `mailbox` that has one of `roles` ("encrypt,sign"); nobody there is an empty list.
Result<std::vector<Entry>> lookUp(Http& http, const std::string& exchange, const EmailAddress& mailbox,
                                  std::string_view roles);
// The answer's body. Parse error when it is for another mailbox, or an entry cannot be read.
Result<std::vector<Entry>> parseAnswer(std::string_view body, const EmailAddress& mailbox);

std::string_view nameOf(TrustClass trustClass);

}  // namespace mailca::client
