// The certificates of OCSP responders and timestamping units, on the database.
#pragma once

#include "ca/ledger.h"
#include "store/database.h"

namespace mailca::store {

class ServiceBook final : public ca::ServiceLedger {
 public:
    explicit ServiceBook(Database& database) : m_database(database) {}

    Result<void> recordIntent(const ca::ServiceIntent& intent) override;
    Result<void> recordIssued(const ca::ServiceRecord& record) override;
    Result<void> adopt(const ca::ServiceRecord& record) override;
    Result<bool> isRevoked(const std::string& issuer, const Serial& serial) override;

 private:
    Database& m_database;
};

}  // namespace mailca::store
