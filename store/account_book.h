// Accounts on the database.
#pragma once

#include "enroll/ra/ports.h"
#include "store/database.h"

namespace mailca::store {

class AccountBook final : public ra::AccountBook {
 public:
    explicit AccountBook(Database& database) : m_database(database) {}

    Result<std::optional<ra::Account>> findByThumbprint(const std::string& thumbprint) override;
    Result<ra::Account> find(const AccountId& id) override;
    Result<bool> isAccountKey(const Bytes& spkiSha256) override;
    Result<void> create(const ra::Account& account) override;
    Result<void> changeContacts(const ra::ContactChange& change) override;
    Result<void> deactivate(const ra::AccountDeactivation& end) override;
    Result<void> changeKey(const ra::KeyChange& change) override;
    Result<void> agree(const ra::TermsAgreement& agreement) override;

 private:
    Database& m_database;
};

}  // namespace mailca::store
