// The certificates of OCSP responders, on the database.
#pragma once

#include "ca/ledger.h"
#include "store/database.h"

namespace mailca::store {

class ResponderBook final : public ca::ResponderLedger {
 public:
    explicit ResponderBook(Database& database) : m_database(database) {}

    Result<void> recordIntent(const ca::ResponderIntent& intent) override;
    Result<void> recordResponder(const ca::ResponderRecord& record) override;

 private:
    Database& m_database;
};

}  // namespace mailca::store
