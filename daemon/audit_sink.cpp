#include "daemon/audit_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace mailca::daemon {
namespace {

constexpr int kAtOnce = 500;
constexpr off_t kTail = 256 * 1024;  // more than any line

Error failed(const std::string& path, const std::string& what) {
    return fail(ErrorKind::Io, path + ": " + what + " (" + std::strerror(errno) + ")");
}

Error unfit(const std::string& path, const std::string& why) {
    return fail(ErrorKind::Config, path + ": " + why);
}

}  // namespace

Result<std::unique_ptr<AuditSink>> AuditSink::open(const std::string& path, store::AuditBook& book,
                                                   std::int64_t fifoAfter) {
    struct ::stat found {};
    const bool there = ::stat(path.c_str(), &found) == 0;
    if (there && !S_ISREG(found.st_mode) && !S_ISFIFO(found.st_mode))
        return unfit(path, "is neither a file nor a FIFO");
    const Kind kind = there && S_ISFIFO(found.st_mode) ? Kind::Fifo : Kind::File;
    std::unique_ptr<AuditSink> sink(new AuditSink(path, kind, book));
    sink->m_after = fifoAfter;
    if (kind == Kind::File) TRY_VOID(sink->continueFile());
    return sink;
}

AuditSink::~AuditSink() {
    close();
}

void AuditSink::close() {
    if (m_descriptor >= 0) ::close(std::exchange(m_descriptor, -1));
}

// What a crash left half written is cut off. The last line must be a row of this database.
Result<void> AuditSink::continueFile() {
    m_descriptor = ::open(m_path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (m_descriptor < 0) return failed(m_path, "cannot be opened");
    const off_t size = ::lseek(m_descriptor, 0, SEEK_END);
    const off_t from = std::max<off_t>(0, size - kTail);
    std::string tail(static_cast<std::size_t>(size - from), '\0');
    if (::pread(m_descriptor, tail.data(), tail.size(), from) != static_cast<ssize_t>(tail.size())) {
        return failed(m_path, "cannot be read");
    }
    const std::size_t end = tail.rfind('\n') + 1;  // 0: no whole line
    if (::ftruncate(m_descriptor, from + static_cast<off_t>(end)) != 0) return failed(m_path, "cannot be cut");
    m_after = 0;
    if (end == 0 && from == 0) return {};
    const std::size_t begin = end < 2 ? 0 : tail.rfind('\n', end - 2) + 1;
    const auto last = ca::audit::parseLine(std::string_view(tail).substr(begin, end - 1 - begin));
    if (!last) return unfit(m_path, "its last line is none of an audit log; name a file of its own");
    TRY(const auto rows, m_book.after(last->row.nr - 1, 1));
    if (rows.empty()) {
        return unfit(m_path, "is ahead of the database, at row " + std::to_string(last->row.nr) +
                                 ": an older database was put back; run `mailca-admin restore` with this file");
    }
    if (rows.front().sha256 != last->sha256) return unfit(m_path, "is the audit log of another database");
    m_after = last->row.nr;
    return {};
}

Result<void> AuditSink::turn() {
    while (true) {
        TRY(const Progress before, writeLine());
        if (before == Progress::Stuck) return {};
        const std::uint64_t version = m_book.version() + 1;
        if (version == m_version) return {};
        TRY(const auto rows, m_book.after(m_after, kAtOnce));
        for (const auto& entry : rows) {
            m_line = ca::audit::lineOf(entry) + "\n";
            m_written = 0;
            m_after = entry.row.nr;
            TRY(const Progress progress, writeLine());
            if (progress == Progress::Stuck) return {};
        }
        if (m_kind == Kind::File && !rows.empty() && ::fdatasync(m_descriptor) != 0) {
            return failed(m_path, "cannot be synced");
        }
        if (rows.size() < kAtOnce) {
            m_version = version;
            return {};
        }
    }
}

// A FIFO is opened once somebody reads.
Result<AuditSink::Progress> AuditSink::connect() {
    if (m_descriptor >= 0) return Progress::Done;
    m_descriptor = ::open(m_path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (m_descriptor >= 0) return Progress::Done;
    if (errno == ENXIO) return Progress::Stuck;
    return failed(m_path, "cannot be opened");
}

// The rest of the line under way. A reader that went gets the whole of it when it is back.
Result<AuditSink::Progress> AuditSink::writeLine() {
    while (m_written < m_line.size()) {
        TRY(const Progress connected, connect());
        if (connected == Progress::Stuck) return Progress::Stuck;
        const ssize_t count = ::write(m_descriptor, m_line.data() + m_written, m_line.size() - m_written);
        if (count >= 0) {
            m_written += static_cast<std::size_t>(count);
        } else if (errno == EPIPE) {
            close();
            m_written = 0;
            return Progress::Stuck;
        } else if (errno == EAGAIN) {
            return Progress::Stuck;
        } else if (errno != EINTR) {
            return failed(m_path, "cannot be written");
        }
    }
    return Progress::Done;
}

}  // namespace mailca::daemon
