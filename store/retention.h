// Forgetting: what was found out about mails, and which challenge mails left, once nothing needs it any more
// (standards A49, D52; docs/decisions/retention.md).
#pragma once

#include "core/clock.h"
#include "store/database.h"

namespace mailca::store {

// Passes over the evidence in bounded steps, each of them a transaction with its row in the audit log. Not thread-safe.
class Retention {
 public:
    explicit Retention(Database& database) : m_database(database) {}

    // Erases what a piece of the evidence holds that ended before `end`: mails judged and sent before, of orders that
    // are done and whose certificates expired before. False: this was the last piece, the next call begins anew.
    Result<bool> step(Time end, Time now);

 private:
    Result<int> erasePiece(sqlite::Connection& db, Time end) const;

    Database& m_database;
    std::int64_t m_after = 0;  // rows up to it were looked at in this pass
    bool m_erased = false;     // in this pass
};

}  // namespace mailca::store
