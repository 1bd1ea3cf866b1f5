#include "store/database.h"

#include <unistd.h>

#include "core/log.h"
#include "store/schema/migrations.h"

namespace mailca::store {
namespace {

constexpr int kExitSoftware = 70;  // sysexits.h EX_SOFTWARE

void endProcess(const Error& error) {
    log::error("store.sync_failed", {{"error", error.text()}, {"then", "the process ends; start it again"}});
    ::_exit(kExitSoftware);
}

// WAL with synchronous=FULL: a commit is on the disk when it returns. The page size counts only while the file is
// empty. The cache (KiB) fills up under load and is never given back: it is most of what the daemon holds then. What a
// savepoint would restore stays in memory: by default SQLite puts more than 64 KiB of it into a file, for nothing.
Result<void> configure(sqlite::Connection& connection, const std::string& path) {
    TRY_VOID(
        connection.script("PRAGMA page_size=4096; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                          "PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=134217728;"));
    TRY(const auto mode,
        connection.first("PRAGMA journal_mode=WAL", {}, [](const sqlite::Row& row) { return row.text(0); }));
    if (mode != "wal") return fail(ErrorKind::Io, path + ": its file system cannot share memory, which WAL needs");
    return {};
}

Error namingFile(const std::string& path, Error error) {
    error.detail = path + ": " + error.detail;
    return error;
}

}  // namespace

Result<sqlite::Connection> openForWriting(const std::string& path) {
    TRY_VOID(makePrivateFile(path));
    TRY(sqlite::Connection connection, sqlite::Connection::open(path, sqlite::Access::ReadWrite));
    TRY_VOID(schema::check(connection));  // before anything is changed
    TRY_VOID(configure(connection, path));
    TRY_VOID(schema::migrate(connection, schema::migrations()));
    return connection;
}

Database::Database(FileLock lock, sqlite::Connection connection, Mark mark, const std::string& path,
                   const DatabaseOptions& options)
    : m_lock(std::move(lock)),
      m_mark(std::move(mark)),
      m_readers(path, options.readers, Pages::Copied),
      m_lookups(path, options.readers, Pages::Mapped),
      m_writer(std::make_unique<Writer>(
          std::move(connection), options.onSyncFailure ? options.onSyncFailure : Writer::OnSyncFailure(&endProcess),
          [this](sqlite::Connection& committed) {
              m_mark.follow(committed);
              renewReaders();
          },
          [this] { renewReaders(); })) {}

void Database::renewReaders() {
    m_readers.renew();
    m_lookups.renew();
}

Database::~Database() {
    m_readers.close();
    m_lookups.close();
}

Result<void> Database::probe() {
    return write([](sqlite::Connection& db) -> Result<void> {
        TRY_VOID(db.run("UPDATE standing SET state = state"));
        return {};
    });
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, const DatabaseOptions& options) {
    TRY(FileLock lock, FileLock::take(path + ".lock"));
    auto connection = openForWriting(path);
    if (!connection) return namingFile(path, std::move(connection).error());
    auto mark = Mark::open(*connection, path);
    if (!mark) return namingFile(path, std::move(mark).error());
    return std::unique_ptr<Database>(
        new Database(std::move(lock), *std::move(connection), *std::move(mark), path, options));
}

}  // namespace mailca::store
