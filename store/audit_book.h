// The audit log as the daemon keeps it: what no other book records, signed heads, and the rows to hand on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/audit/log.h"
#include "store/database.h"

namespace mailca::store {

// Thread-safe.
class AuditBook final {
 public:
    explicit AuditBook(Database& database) : m_database(database) {}

    // Acts of the daemon itself and of whoever stands at its doors; all others are recorded with what they change.
    struct Event {
        Time at;
        std::string actor, act, subject;
        json::Value detail;
    };
    Result<void> record(const Event& event);
    Result<void> recordSigned(const ca::audit::Head& head, Time at, ByteView signature);

    Result<ca::audit::Head> head();
    // The rows behind number `after`, at most `limit`.
    Result<std::vector<ca::audit::Entry>> after(std::int64_t after, int limit);
    // The newest row of this act.
    Result<std::optional<ca::audit::Row>> latest(std::string_view act);
    // Changes when the log may have grown. Cheap.
    std::uint64_t version() const { return m_database.version(); }

 private:
    Database& m_database;
};

}  // namespace mailca::store
