// The database file: opened with care, written by one thread, read by many.
#pragma once

#include <memory>
#include <string>
#include <type_traits>

#include "store/file_lock.h"
#include "store/mark.h"
#include "store/readers.h"
#include "store/writer.h"

namespace mailca::store {

struct DatabaseOptions {
    int readers = 16;                     // read-only connections at most, of each kind
    Writer::OnSyncFailure onSyncFailure;  // unset: log, then end the process at once
};

// The file made (0600) when there is none, its schema brought up to date, open for writing; not locked, and not judged
// by its mark. Errors as Database::open names them.
Result<sqlite::Connection> openForWriting(const std::string& path);

class Database final {
 public:
    // The writer's connection is closed last: it brings the log into the database then, so that a stopped daemon leaves
    // one file.
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // Makes the file (0600) when there is none, brings an older schema up to date. Config: the database belongs to
    // another program or to a newer mailcad, or is not the one that was served here last (store/mark.h). Store:
    // damaged. Io: unreadable. Unavailable: another mailcad has it open.
    static Result<std::unique_ptr<Database>> open(const std::string& path, const DatabaseOptions& options);

    // Runs the work in its own savepoint on the writer's thread; returns once it is durable. `work` takes a Connection&
    // and returns a Result: an error rolls back this work and nothing else. No side effects inside. Thread-safe.
    template <typename Work>
    auto write(Work work) -> std::invoke_result_t<Work, sqlite::Connection&> {
        using Outcome = std::invoke_result_t<Work, sqlite::Connection&>;
        std::optional<Outcome> outcome;
        TRY_VOID(m_writer->run([&](sqlite::Connection& connection) -> Result<void> {
            outcome.emplace(work(connection));
            if (!*outcome) return outcome->error();
            return {};
        }));
        return *std::move(outcome);
    }
    // Runs the work in one snapshot on a connection that cannot write. Thread-safe.
    template <typename Work>
    auto read(Work work) -> std::invoke_result_t<Work, sqlite::Connection&> {
        TRY(Readers::Loan loan, m_readers.borrow());
        return work(loan.connection());
    }
    // The same for what the exchange lives on: many small reads all over the database.
    template <typename Work>
    auto lookUp(Work work) -> std::invoke_result_t<Work, sqlite::Connection&> {
        TRY(Readers::Loan loan, m_lookups.borrow());
        return work(loan.connection());
    }

    // Whether a write becomes durable now: one page, written as it was.
    Result<void> probe();
    Statistics statistics() const { return m_writer->statistics(); }
    // As long as it stays the same, nobody has been told of a write, so that what was read since may be kept.
    std::uint64_t version() const { return m_writer->version(); }

 private:
    Database(FileLock lock, sqlite::Connection connection, Mark mark, const std::string& path,
             const DatabaseOptions& options);
    void renewReaders();

    FileLock m_lock;
    Mark m_mark;  // the writer's
    Readers m_readers;
    Readers m_lookups;
    std::unique_ptr<Writer> m_writer;  // tells the readers
};

}  // namespace mailca::store
