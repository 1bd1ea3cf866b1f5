// Hands the audit log on as JSON lines to a file or FIFO, for another host to keep (docs/decisions/audit.md): at least
// once, in order, soon.
#pragma once

#include <memory>
#include <string>

#include "store/audit_book.h"

namespace mailca::daemon {

// For one thread at a time. `book` must outlive it.
class AuditSink final {
 public:
    // A file is gone on with behind its last whole line, made (0600) when there is none; a FIFO begins behind row
    // `fifoAfter`. Config: it is neither, it is another log's, or it is ahead of the database: an older one was put
    // back. Io.
    static Result<std::unique_ptr<AuditSink>> open(const std::string& path, store::AuditBook& book,
                                                   std::int64_t fifoAfter);
    ~AuditSink();
    AuditSink(const AuditSink&) = delete;
    AuditSink& operator=(const AuditSink&) = delete;

    // Writes what is new, durable when it returns; of a FIFO as much as its reader takes. Io: try again later.
    Result<void> turn();

 private:
    enum class Kind { File, Fifo };
    enum class Progress { Done, Stuck };
    AuditSink(std::string path, Kind kind, store::AuditBook& book)
        : m_path(std::move(path)), m_kind(kind), m_book(book) {}

    Result<void> continueFile();
    Result<Progress> connect();
    Result<Progress> writeLine();
    void close();

    const std::string m_path;
    const Kind m_kind;
    store::AuditBook& m_book;
    int m_descriptor = -1;
    std::int64_t m_after = 0;     // rows up to this one are written
    std::uint64_t m_version = 0;  // of the database when nothing was left; 0: not yet
    std::string m_line;           // under way
    std::size_t m_written = 0;    // of it
};

}  // namespace mailca::daemon
