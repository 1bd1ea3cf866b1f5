// What became of a serial number, on the database.
#pragma once

#include "repository/port.h"
#include "store/database.h"

namespace mailca::store {

class StatusBook final : public repository::StatusBook {
 public:
    explicit StatusBook(Database& database) : m_database(database) {}

    std::uint64_t revision() const override { return m_database.version(); }
    Result<ca::ocsp::Status> status(const std::string& issuer, const Serial& serial) override;

 private:
    Database& m_database;
};

}  // namespace mailca::store
