// Keys that no certificate and no account may have, on the database.
#pragma once

#include "enroll/ra/ports.h"
#include "store/database.h"

namespace mailca::store {

class BlockedKeyBook final : public ra::BlockedKeyBook {
 public:
    explicit BlockedKeyBook(Database& database) : m_database(database) {}

    Result<ra::KeyBlocked> block(const ra::KeyBlock& block) override;
    Result<std::vector<ra::BlockedKey>> list() override;

 private:
    Database& m_database;
};

}  // namespace mailca::store
