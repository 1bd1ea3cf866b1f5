// The rows of the audit log in the database (ca/audit/log.h). Inside the caller's transaction, all of them.
#pragma once

#include <vector>

#include "ca/audit/log.h"
#include "core/ids.h"
#include "store/sqlite/connection.h"

namespace mailca::store {

Result<ca::audit::Head> readHead(sqlite::Connection& db);
// The rows behind number `after`, at most `limit`, with their details written out.
Result<std::vector<ca::audit::Entry>> readEntries(sqlite::Connection& db, std::int64_t after, int limit);

// That an order's certificates were issued. The row says what the tables hold of it: of which proof, which
// certificates.
Result<void> recordIssuance(sqlite::Connection& db, Time at, const OrderId& order);
// A row as another log has it, in its place at the end.
Result<void> insertEntry(sqlite::Connection& db, const ca::audit::Entry& entry);

// For the migration: gives every row its hash.
Result<void> chainAll(sqlite::Connection& db);

}  // namespace mailca::store
