// The decision to issue, read again from the rows inside the transaction that records it (ca/ledger.h), and the end of
// intents that came to nothing.
#pragma once

#include "ca/ledger.h"
#include "store/sqlite/connection.h"

namespace mailca::store {

// Unauthorized, Caa, BadPublicKey or Conflict unless these intents may be recorded for the order (which is in
// progress).
Result<void> checkIntents(sqlite::Connection& db, std::int64_t order, const ca::IntentsOfOrder& intents);

// The order's open intents become revoked serials in their CRL shards; how many. Without a reason code: nobody ever
// held these certificates, so none of the reasons fits. Their notAfter is unknown, so they stay on the CRL.
Result<int> revokeIntents(sqlite::Connection& db, std::int64_t order, Time at);

}  // namespace mailca::store
