// This machine's ACME account: one key (ES256), made once, and the URL the server knows it by.
#pragma once

#include <string>

#include "client/acme/directory.h"
#include "client/config.h"
#include "client/state/state_directory.h"
#include "core/crypto/key.h"

namespace mailca::client::acme {

struct Account {
    crypto::PrivateKey key;
    std::string url;
};

// The account in the state directory. NotFound when there is none; Config when it belongs to another directory.
Result<Account> loadAccount(const StateDirectory& state, const std::string& directoryUrl);
// The same, made and registered when there is none. UserActionRequired when the server has terms that nobody agreed to.
Result<Account> openAccount(Http& http, const Directory& directory, const StateDirectory& state, TermsAgreement terms);

}  // namespace mailca::client::acme
