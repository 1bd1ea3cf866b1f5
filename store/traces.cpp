#include "store/traces.h"

namespace mailca::store {

Result<void> recordFeed(sqlite::Connection& db, Time at, FeedKind kind, std::int64_t mailbox,
                        std::int64_t certificate) {
    TRY_VOID(db.run("INSERT INTO feed (at, kind, mailbox, certificate) VALUES (?1, ?2, ?3, ?4)",
                    {at, static_cast<int>(kind), mailbox, certificate}));
    return {};
}

Result<void> markShard(sqlite::Connection& db, const std::string& issuer, int shard) {
    TRY_VOID(
        db.run("INSERT INTO crl_shards (issuer, shard, revision) VALUES (?1, ?2, 1)"
               " ON CONFLICT (issuer, shard) DO UPDATE SET revision = revision + 1",
               {issuer, shard}));
    return {};
}

}  // namespace mailca::store
