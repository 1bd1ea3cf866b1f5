// The decision to issue, read again from the rows inside the transaction that records it (ca/ledger.h), and the end of
// intents that came to nothing.
#pragma once

#include <string>
#include <vector>

#include "ca/ledger.h"
#include "core/json/json.h"
#include "store/sqlite/connection.h"

namespace mailca::store {

// Unauthorized, Caa, BadPublicKey or Conflict unless these intents may be recorded for the order (which is in
// progress).
Result<void> checkIntents(sqlite::Connection& db, std::int64_t order, const ca::IntentsOfOrder& intents);

struct RevokedSerial {
    std::string issuer;
    Serial serial;
    int shard;
};
// As the audit log has them: [{"issuer":...,"serial":...}, ...]
json::Array listed(const std::vector<RevokedSerial>& serials);

// The order's open intents become revoked serials in their CRL shards. Without a reason code: nobody ever
// held these certificates, so none of the reasons fits. Their notAfter is unknown, so they stay on the CRL.
Result<std::vector<RevokedSerial>> revokeIntents(sqlite::Connection& db, std::int64_t order, Time at);

}  // namespace mailca::store
