// External account keys on the database; what uses them up is AccountBook::create.
#pragma once

#include "enroll/ra/ports.h"
#include "store/database.h"

namespace mailca::store {

class ExternalAccountBook final : public ra::ExternalAccountBook {
 public:
    explicit ExternalAccountBook(Database& database) : m_database(database) {}

    Result<void> create(const ra::ExternalKey& key) override;
    Result<std::optional<ra::ExternalKey>> find(const std::string& id) override;
    Result<std::vector<ra::ExternalKey>> list() override;
    Result<void> revoke(const ra::ExternalKeyRevocation& revocation) override;

 private:
    Database& m_database;
};

}  // namespace mailca::store
