// CRLs and the revocations behind them, on the database.
#pragma once

#include "repository/port.h"
#include "store/database.h"

namespace mailca::store {

class CrlBook final : public repository::CrlBook {
 public:
    explicit CrlBook(Database& database) : m_database(database) {}

    Result<repository::CrlState> state(const repository::CrlScope& scope) override;
    Result<repository::RevokedCertificates> revoked(const repository::CrlScope& scope, Time at) override;
    Result<std::optional<Signed>> latest(const repository::CrlScope& scope) override;
    Result<void> store(const repository::CrlScope& scope, const Signed& crl, std::uint64_t revision) override;

 private:
    Database& m_database;
};

}  // namespace mailca::store
