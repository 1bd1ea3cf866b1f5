// The audit log of a database that may be in use, for the operators' tool.
#pragma once

#include <optional>
#include <vector>

#include "ca/audit/check.h"
#include "store/sqlite/connection.h"

namespace mailca::store {

class AuditReader final {
 public:
    // Begins behind row `after`. Config: there is no such database, or it has no audit log of this form yet.
    static Result<AuditReader> open(const std::string& databasePath, std::int64_t after);
    // The next row; nullopt after the last one of now.
    Result<std::optional<ca::audit::Entry>> next();

 private:
    AuditReader(sqlite::Connection db, std::int64_t after) : m_db(std::move(db)), m_nr(after) {}
    sqlite::Connection m_db;
    std::int64_t m_nr;
    std::vector<ca::audit::Entry> m_entries;  // read already
    std::size_t m_next = 0;
};

// The whole log of a database, and whether a mark lies beside it. Crypto, with the
// row, when something was changed, or rows are cut off that the mark still knows.
struct CheckedLog {
    ca::audit::Check check;
    bool marked;
};
Result<CheckedLog> checkLog(const std::string& databasePath, std::optional<crypto::PublicKey> key);

}  // namespace mailca::store
