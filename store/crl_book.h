// CRLs and the revocations behind them, on the database.
#pragma once

#include "repository/port.h"
#include "store/database.h"

namespace mailca::store {

class CrlBook final : public repository::CrlBook {
 public:
    explicit CrlBook(Database& database) : m_database(database) {}

    Result<std::optional<repository::StoredCrl>> latest(const std::string& issuer, int shard) override;
    Result<repository::ShardState> shard(const std::string& issuer, int shard, Time at) override;
    Result<void> store(const repository::StoredCrl& crl, std::uint64_t revision) override;

 private:
    Database& m_database;
};

}  // namespace mailca::store
