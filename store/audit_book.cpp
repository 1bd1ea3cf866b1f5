#include "store/audit_book.h"

#include "store/audit_trail.h"
#include "store/traces.h"

namespace mailca::store {

using ca::audit::Entry;
using ca::audit::Head;
using sqlite::Connection;

Result<void> AuditBook::record(const Event& event) {
    return m_database.write([&](Connection& db) {
        return recordAct(db, {event.at, event.actor, event.act, event.subject, event.detail});
    });
}

Result<void> AuditBook::recordSigned(const Head& head, Time at, ByteView signature) {
    return record({at, "mailcad", std::string(ca::audit::kHeadSigned), std::to_string(head.nr),
                   ca::audit::signedDetail(head, signature)});
}

Result<Head> AuditBook::head() {
    return m_database.read([](Connection& db) { return readHead(db); });
}

Result<std::vector<Entry>> AuditBook::after(std::int64_t after, int limit) {
    return m_database.read([&](Connection& db) { return readEntries(db, after, limit); });
}

Result<std::optional<ca::audit::Row>> AuditBook::latest(std::string_view act) {
    using Found = std::optional<ca::audit::Row>;
    return m_database.read([&](Connection& db) -> Result<Found> {
        TRY(const auto nr, db.first("SELECT nr FROM audit WHERE act = ?1 ORDER BY nr DESC LIMIT 1", {act},
                                    [](const sqlite::Row& row) { return row.integer(0); }));
        if (!nr) return Found();
        TRY(auto entries, readEntries(db, *nr - 1, 1));
        return Found(std::move(entries.front().row));
    });
}

}  // namespace mailca::store
