#include "store/backup.h"

#include <unistd.h>

#include <cstdio>

#include "ca/audit/check.h"
#include "ca/new_file.h"
#include "store/audit_trail.h"
#include "store/database.h"
#include "store/replay.h"

namespace mailca::store {
namespace {

using ca::audit::Entry;
using ca::audit::Head;
using sqlite::Connection;

Result<void> wantNothingAt(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-journal"}) {
        if (::access((path + suffix).c_str(), F_OK) != 0) continue;
        return fail(ErrorKind::Config, path + suffix + ": exists already and is not overwritten; move it away first");
    }
    return {};
}

// A file beside its final name; gone, with SQLite's companions, unless it was kept.
class Unfinished final {
 public:
    explicit Unfinished(const std::string& path) : m_path(path), m_beside(path + ".unfinished") { remove(); }
    ~Unfinished() { remove(); }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;
    const std::string& name() const { return m_beside; }

    Result<void> keep() {
        if (::link(m_beside.c_str(), m_path.c_str()) != 0) {  // refuses an existing name
            return fail(ErrorKind::Io, m_path + ": cannot be made");
        }
        return ca::syncFolderOf(m_path);
    }

 private:
    void remove() const {
        for (const char* suffix : {"", "-wal", "-shm", "-journal"}) ::unlink((m_beside + suffix).c_str());
    }
    const std::string m_path;
    const std::string m_beside;
};

Result<void> copyFile(const std::string& from, const std::string& to) {
    TRY(Connection source, Connection::open(from, sqlite::Access::ReadOnly));
    TRY_VOID(makePrivateFile(to));
    TRY(Connection target, Connection::open(to, sqlite::Access::ReadWrite));
    return source.copyInto(target);
}

// Out of WAL mode: all of it in the one file.
Result<void> intoOneFile(Connection& db) {
    TRY(const auto mode,
        db.first("PRAGMA journal_mode=DELETE", {}, [](const sqlite::Row& row) { return row.text(0); }));
    if (mode != "delete") return fail(ErrorKind::Io, "the copy cannot be brought into one file");
    return {};
}

// The exported log, checked row by row, from where the database ends.
class Replay final {
 public:
    Replay(Connection& db, const Restoration& restoration, Head head)
        : m_db(db), m_restoration(restoration), m_head(std::move(head)) {}

    Result<Restored> run() {
        m_done.backupEnded = m_head.nr;
        while (m_restoration.exported) {
            TRY(const std::optional<Entry> entry, m_restoration.exported());
            if (!entry) break;
            TRY_VOID(take(*entry));
        }
        if (m_check && m_check->head()->nr < m_head.nr) TRY_VOID(expectSame(*m_check->head()));
        m_done.logEnded = m_check ? m_check->head()->nr : 0;
        return m_done;
    }

 private:
    Result<void> take(const Entry& entry) {
        if (!m_check) {
            const bool behind = entry.row.nr > m_head.nr;
            m_check.emplace(behind ? std::optional(m_head) : std::nullopt, m_restoration.auditKey);
        }
        TRY_VOID(m_check->next(entry));
        if (entry.row.nr == m_head.nr) TRY_VOID(expectSame({entry.row.nr, entry.sha256}));
        if (entry.row.nr <= m_head.nr) return {};
        TRY_VOID(insertEntry(m_db, entry));
        TRY(const int serials, replay(m_db, entry.row, {m_restoration.shardOf, m_restoration.at}));
        m_done.serialsRevoked += serials;
        ++m_done.replayed;
        return {};
    }

    // That a row of the exported log stands in the database too.
    Result<void> expectSame(const Head& row) {
        TRY(const bool same, m_db.any("SELECT 1 FROM audit WHERE nr = ?1 AND sha256 = ?2", {row.nr, row.sha256}));
        if (same) return {};
        return fail(ErrorKind::Config,
                    "the exported audit log is not that of this database: row " + std::to_string(row.nr) + " differs");
    }

    Connection& m_db;
    const Restoration& m_restoration;
    const Head m_head;
    std::optional<ca::audit::Check> m_check;
    Restored m_done;
};

// How many rows the mark tells of that are not there.
Result<std::int64_t> missingFrom(Connection& db, const std::optional<Head>& mark, Gap gap) {
    TRY(const Head head, readHead(db));
    if (!mark || mark->nr == 0) return 0;
    if (mark->nr > head.nr) {
        if (gap == Gap::Accepted) return mark->nr - head.nr;
        return fail(ErrorKind::Config, "rows " + std::to_string(head.nr + 1) + " to " + std::to_string(mark->nr) +
                                           " were written here and are in no log given: find a longer one, or accept "
                                           "what is lost (--accept-gap)");
    }
    TRY(const bool same, db.any("SELECT 1 FROM audit WHERE nr = ?1 AND sha256 = ?2", {mark->nr, mark->sha256}));
    if (same) return 0;
    return fail(ErrorKind::Config, "the mark beside the database belongs to another audit log: row " +
                                       std::to_string(mark->nr) + " differs");
}

Result<Restored> reconcile(Connection& db, const Restoration& restoration) {
    TRY(const auto mark, Mark::read(restoration.database));
    TRY(const Head head, readHead(db));
    TRY(Restored done, Replay(db, restoration, head).run());
    TRY(done.missing, missingFrom(db, mark, restoration.gap));
    // F3: each of the lost rows may have been a CRL.
    TRY_VOID(db.run("UPDATE crls SET number = number + ?1", {done.missing}));
    TRY_VOID(writeStanding(db, Standing::Marked));
    TRY_VOID(recordAct(db, {restoration.at, "operator", "database.restored", "",
                            json::object({{"backupEnded", done.backupEnded},
                                          {"logEnded", done.logEnded},
                                          {"serialsRevoked", done.serialsRevoked},
                                          {"missing", done.missing}})}));
    return done;
}

struct Reconciled {
    Restored done;
    Head head;
};
Result<Reconciled> reconcileFile(const std::string& path, const Restoration& restoration) {
    TRY(Connection db, openForWriting(path));
    TRY_VOID(db.run("BEGIN IMMEDIATE"));
    TRY(Restored done, reconcile(db, restoration));  // an error leaves with the connection: nothing was committed
    TRY_VOID(db.run("COMMIT"));
    TRY(const Head head, readHead(db));
    TRY_VOID(intoOneFile(db));
    return Reconciled{done, head};
}

// The mark last: it must never tell of rows of a database that is not in its place.
Result<Restored> markAs(const std::string& database, const Reconciled& reconciled) {
    TRY_VOID(Mark::replace(database, reconciled.head));
    return reconciled.done;
}

}  // namespace

Result<Head> backUp(const std::string& databasePath, const std::string& backupPath) {
    TRY_VOID(wantNothingAt(backupPath));
    Unfinished copy(backupPath);
    TRY_VOID(copyFile(databasePath, copy.name()));
    Head head;
    {
        TRY(Connection db, Connection::open(copy.name(), sqlite::Access::ReadWrite));
        TRY_VOID(intoOneFile(db));
        TRY_VOID(writeStanding(db, Standing::Backup));
        TRY(head, readHead(db));
    }
    TRY_VOID(copy.keep());
    return head;
}

Result<Restored> restore(const Restoration& restoration) {
    TRY(const FileLock lock, FileLock::take(restoration.database + ".lock"));
    if (restoration.backup.empty()) {
        TRY(const Reconciled reconciled, reconcileFile(restoration.database, restoration));
        return markAs(restoration.database, reconciled);
    }
    TRY_VOID(wantNothingAt(restoration.database));
    Unfinished copy(restoration.database);
    TRY_VOID(copyFile(restoration.backup, copy.name()));
    TRY(const Reconciled reconciled, reconcileFile(copy.name(), restoration));
    TRY_VOID(copy.keep());
    return markAs(restoration.database, reconciled);
}

}  // namespace mailca::store
