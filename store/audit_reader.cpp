#include "store/audit_reader.h"

#include "store/audit_trail.h"
#include "store/mark.h"

namespace mailca::store {

using ca::audit::Entry;
using ca::audit::Head;

namespace {

constexpr int kAtOnce = 1000;

}  // namespace

Result<AuditReader> AuditReader::open(const std::string& databasePath, std::int64_t after) {
    auto db = sqlite::Connection::open(databasePath, sqlite::Access::ReadOnly);
    if (!db) return fail(ErrorKind::Config, databasePath + ": " + db.error().detail);
    const auto chained = db->any("SELECT 1 FROM pragma_table_info('audit') WHERE name = 'sha256'", {});
    if (!chained || !*chained) {
        return fail(ErrorKind::Config, databasePath +
                                           ": has no hash chain; is it a database of mailcad, and of this release? "
                                           "`mailcad --check` brings an older one up to date");
    }
    return AuditReader(*std::move(db), after);
}

Result<std::optional<Entry>> AuditReader::next() {
    using Next = std::optional<Entry>;
    if (m_next == m_entries.size()) {
        TRY(m_entries, readEntries(m_db, m_nr, kAtOnce));
        m_next = 0;
        if (m_entries.empty()) return Next();
    }
    Entry& entry = m_entries[m_next++];
    m_nr = entry.row.nr;
    return Next(std::move(entry));
}

Result<CheckedLog> checkLog(const std::string& databasePath, std::optional<crypto::PublicKey> key) {
    // Read first: the log goes on.
    TRY(const auto mark, Mark::read(databasePath));
    TRY(AuditReader reader, AuditReader::open(databasePath, 0));
    CheckedLog log{ca::audit::Check(Head{}, std::move(key)), mark.has_value()};
    bool passed = !mark || mark->nr == 0;
    while (true) {
        TRY(const auto entry, reader.next());
        if (!entry) break;
        TRY_VOID(log.check.next(*entry));
        if (mark && entry->row.nr == mark->nr) passed = entry->sha256 == mark->sha256;
    }
    if (passed) return log;
    const std::int64_t end = log.check.head()->nr;
    if (end >= mark->nr) {
        return fail(ErrorKind::Crypto, "row " + std::to_string(mark->nr) + ": the mark tells of another one");
    }
    return fail(ErrorKind::Crypto, "row " + std::to_string(end + 1) + ": is missing, and all up to row " +
                                       std::to_string(mark->nr) + ", of which the mark tells");
}

}  // namespace mailca::store
