// What other rooms follow: the audit trail, the exchange's feed, the revisions of the CRL shards. Written inside the
// transaction of the deed itself.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/ids.h"
#include "core/json/json.h"
#include "store/sqlite/connection.h"

namespace mailca::store {

// Which CRL shard of an issuer lists a serial: stable, the same as in the certificate's CRL URL (F7).
using ShardOf = std::function<int(const std::string& issuer, const Serial& serial)>;

struct Act {
    Time at;
    std::string actor;      // "operator", "account:<id>", "mailcad"
    std::string_view act;   // "order.issued"
    sqlite::Value subject;  // the id of what it was done to
    json::Value detail = json::object({});
};
Result<void> recordAct(sqlite::Connection& db, const Act& act);  // the next row of the hash chain (store/audit_trail.h)

enum class FeedKind : std::uint8_t { Published = 0, Withdrawn = 1 };
// `mailbox` and `certificate`, by their rows, name the entry.
Result<void> recordFeed(sqlite::Connection& db, Time at, FeedKind kind, std::int64_t mailbox, std::int64_t certificate);

// A revocation more in this shard: the CRL in store is no longer the whole truth.
Result<void> markShard(sqlite::Connection& db, const std::string& issuer, int shard);

}  // namespace mailca::store
