// Copies of a database that is being served, and the way back (docs/decisions/audit.md).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "ca/audit/log.h"
#include "store/traces.h"

namespace mailca::store {

// A copy as of one instant, whole and durable, at a path where nothing is yet; the daemon goes on meanwhile. The copy
// knows that it is one: no daemon serves it before restore(). Returns how far its audit log goes. Config: it cannot be
// read, or something is there. Io, Store.
Result<ca::audit::Head> backUp(const std::string& databasePath, const std::string& backupPath);

// Hands over the exported audit log, row by row in its order; nullopt at its end.
using NextEntry = std::function<Result<std::optional<ca::audit::Entry>>()>;
enum class Gap : std::uint8_t { Refused, Accepted };
struct Restoration {
    std::string database;  // to be served again; not open anywhere
    std::string backup;    // to make it from, nothing being there yet; empty: the database as it lies
    NextEntry exported;    // unset: only what the mark knows counts
    std::optional<crypto::PublicKey> auditKey;  // its signatures are checked with it
    ShardOf shardOf;
    Gap gap = Gap::Refused;  // rows that the mark tells of and the exported log does not have
    Time at;
};
struct Restored {
    std::int64_t backupEnded = 0, logEnded = 0;  // rows
    std::int64_t replayed = 0;                   // rows that the database lacked
    std::int64_t serialsRevoked = 0;             // of certificates that it knew nothing of
    std::int64_t missing = 0;                    // rows that are nowhere any more
};
// Adds the rows that the database lacks and does what they tell (store/replay.h), then lets it be served. All or
// nothing. Config when the log has a gap, or does not belong to this database; Crypto, with the row, when it was
// tampered with.
Result<Restored> restore(const Restoration& restoration);

}  // namespace mailca::store
