// What the metrics tell of the database's content, read in one snapshot and without walking over it.
#pragma once

#include <map>
#include <string>

#include "core/clock.h"
#include "store/database.h"

namespace mailca::store {

struct Figures {
    std::int64_t certificates = 0;  // ever issued to subscribers
    std::int64_t revocations = 0;   // of certificates, and of serials whose certificate never was recorded
    std::int64_t ordersInProgress = 0;
    std::int64_t mailsWaiting = 0;
    std::int64_t noticesOwed = 0;              // orders that their mailboxes were not told of yet
    std::map<std::string, std::int64_t> acts;  // by name, how many rows of the audit log behind `auditAfter`
    std::int64_t auditHead = 0;                // the newest row
};
Result<Figures> readFigures(Database& database, std::int64_t auditAfter);
// By issuer: nextUpdate of the CRL shard that ends first.
Result<std::map<std::string, Time>> readCrlEnds(Database& database);

}  // namespace mailca::store
