// Operators' revocations of sets of certificates, on the database.
#pragma once

#include "enroll/ra/incident_port.h"
#include "store/database.h"
#include "store/traces.h"

namespace mailca::store {

class SelectionBook final : public ra::SelectionBook {
 public:
    SelectionBook(Database& database, ShardOf shardOf) : m_database(database), m_shardOf(std::move(shardOf)) {}

    Result<ra::SelectionPage> select(const ra::CertificateSelection& selection, std::int64_t from, int atMost) override;
    Result<int> revoke(const ra::SetRevocation& revocation) override;

 private:
    Database& m_database;
    ShardOf m_shardOf;
};

}  // namespace mailca::store
