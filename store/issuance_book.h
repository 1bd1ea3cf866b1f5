// The ledger of intents and what becomes of them, on the database.
#pragma once

#include "enroll/ra/ports.h"
#include "store/database.h"
#include "store/traces.h"

namespace mailca::store {

class IssuanceBook final : public ra::IssuanceBook {
 public:
    // `holds`: certificates of an account that is new to a mailbox with others' wait until its owner was told.
    IssuanceBook(Database& database, ShardOf shardOf, bool holds)
        : m_database(database), m_shardOf(std::move(shardOf)), m_holds(holds) {}

    Result<void> recordIntents(const ca::IntentsOfOrder& intents) override;
    Result<std::vector<OrderId>> unfinished() override;
    // Conflict unless every certificate was announced by an intent of this order, and every intent became a
    // certificate.
    Result<void> recordIssued(const ra::IssuedOrder& issued) override;
    // Intents that the order leaves behind get their serial recorded as revoked.
    Result<void> recordFailure(const ra::OrderFailure& failure) override;
    Result<int> closeOrphans(Time at) override;

 private:
    Database& m_database;
    const ShardOf m_shardOf;
    const bool m_holds;
};

}  // namespace mailca::store
