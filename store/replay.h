// What a row of the audit log did, done again to a database that knows nothing of it.
#pragma once

#include "ca/audit/log.h"
#include "store/sqlite/connection.h"
#include "store/traces.h"

namespace mailca::store {

struct ReplayAim {
    ShardOf shardOf;
    Time at;  // when what cannot be put back is revoked
};
// How many serials of unknown certificates became revoked ones. An act that leaves nothing behind but its row does
// nothing. Config: the row's detail is not what this program writes.
Result<int> replay(sqlite::Connection& db, const ca::audit::Row& row, const ReplayAim& aim);

}  // namespace mailca::store
