#include "store/writer.h"

#include <algorithm>
#include <utility>

namespace mailca::store {
namespace {

constexpr std::size_t kBatchLimit = 256;
constexpr std::size_t kCrowd = 3;    // pieces of work in the last batch from which on the writer gathers
constexpr std::size_t kEnough = 32;  // and stops gathering
constexpr std::chrono::microseconds kGather{3000};
// An idle moment is this long; then the log is copied into the database while nobody waits for a commit.
constexpr std::chrono::milliseconds kIdle{100};
// Frames are pages of 4 KiB: at 64 MiB the log is copied even when the writer is busy.
constexpr int kFramesBound = 16384;

}  // namespace

Writer::Writer(sqlite::Connection connection, OnSyncFailure onSyncFailure, OnCommitted onCommitted,
               OnCheckpoint onCheckpoint)
    : m_connection(std::move(connection)),
      m_onSyncFailure(std::move(onSyncFailure)),
      m_onCommitted(std::move(onCommitted)),
      m_onCheckpoint(std::move(onCheckpoint)),
      m_thread([this] { loop(); }) {}

Writer::~Writer() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_wake.notify_one();
    }
    m_thread.join();
}

Result<void> Writer::run(const Work& work) {
    Job job(work);
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopping) return fail(ErrorKind::Unavailable, "the store is closing: try again later");
        m_queue.push_back(&job);
        if (m_queue.size() >= m_wanted) m_wake.notify_one();
    }
    job.released.await();
    if (job.thrown) std::rethrow_exception(job.thrown);
    if (job.error) return *std::move(job.error);
    return {};
}

Statistics Writer::statistics() const {
    const std::lock_guard lock(m_mutex);
    Statistics statistics = m_statistics;
    statistics.waiting = m_queue.size();
    return statistics;
}

void Writer::loop() {
    while (true) {
        const std::vector<Job*> batch = nextBatch();
        if (batch.empty()) return;
        settle(batch);
        if (m_connection.walFrames() > kFramesBound) checkpoint();
    }
}

// Waits for work; empty when stopping. An idle moment goes into a checkpoint.
std::vector<Writer::Job*> Writer::nextBatch() {
    std::unique_lock lock(m_mutex);
    const auto wanted = [&] { return m_stopping || !m_queue.empty(); };
    while (!wanted()) {
        if (m_connection.walFrames() == 0 || m_broken) {
            m_lastBatch = 0;  // a crowd of long ago comes back no more
            m_wake.wait(lock, wanted);
        } else if (!m_wake.wait_until(lock, std::chrono::system_clock::now() + kIdle, wanted)) {
            m_lastBatch = 0;
            lock.unlock();
            checkpoint();
            lock.lock();
        }
    }
    if (m_lastBatch >= kCrowd && !m_stopping) gather(lock);
    const auto count = static_cast<std::ptrdiff_t>(std::min(m_queue.size(), kBatchLimit));
    m_lastBatch = static_cast<std::size_t>(count);
    const std::vector<Job*> batch(m_queue.begin(), m_queue.begin() + count);
    m_queue.erase(m_queue.begin(), m_queue.begin() + count);
    return batch;
}

// Many callers at once come back at once: a moment's wait lets one commit, which costs as much as ten pieces of work,
// serve more of them. Who is alone, or nearly, never waits.
void Writer::gather(std::unique_lock<std::mutex>& lock) {
    m_wanted = kEnough;
    m_wake.wait_for(lock, kGather, [&] { return m_stopping || m_queue.size() >= m_wanted; });
    m_wanted = 1;
}

// Runs and commits a batch, then releases its callers, with no lock held that all of them would wake up to wait for. A
// job lives on its caller's stack: nothing of it may be touched once it is released.
void Writer::settle(const std::vector<Job*>& batch) {
    const std::optional<Error> lost = commitAll(batch);
    ++m_version;
    if (!lost) {
        const std::lock_guard lock(m_mutex);
        ++m_statistics.commits;
        for (const Job* const job : batch) m_statistics.transactions += !job->error && !job->thrown ? 1 : 0;
    }
    for (Job* const job : batch) {
        if (lost && !job->thrown) job->error = lost;
        job->released.give();
    }
}

// The error that every caller of the batch gets; nullopt: committed, and each job has its own outcome.
std::optional<Error> Writer::commitAll(const std::vector<Job*>& batch) {
    if (m_broken) return m_broken;
    if (auto begun = m_connection.run("BEGIN IMMEDIATE"); !begun) {
        if (m_connection.lastTrouble() == sqlite::Trouble::Io) return endOnDiskFailure(std::move(begun).error());
        return std::move(begun).error();
    }
    for (Job* const job : batch) {
        if (runInSavepoint(*job) == BatchState::Open) continue;
        const Error why =
            job->error.value_or(fail(ErrorKind::Store, "a piece of work ended the transaction around it"));
        if (m_connection.inTransaction()) (void)m_connection.run("ROLLBACK");
        return why;
    }
    return commit();
}

// SQLITE_FULL, IOERR and NOMEM may roll back the whole transaction, not only the savepoint: asked after every failure.
Writer::BatchState Writer::runInSavepoint(Job& job) {
    if (auto set = m_connection.run("SAVEPOINT job"); !set) {
        job.error = std::move(set).error();
        return BatchState::Lost;
    }
    try {
        if (auto done = job.work(m_connection); !done) job.error = std::move(done).error();
    } catch (...) {
        job.thrown = std::current_exception();
    }
    if (!m_connection.inTransaction()) return BatchState::Lost;
    if (job.error || job.thrown) {
        if (auto undone = m_connection.run("ROLLBACK TO job"); !undone) return BatchState::Lost;
    }
    if (auto released = m_connection.run("RELEASE job"); !released) {
        job.error = std::move(released).error();
        return BatchState::Lost;
    }
    return BatchState::Open;
}

std::optional<Error> Writer::commit() {
    auto committed = m_connection.run("COMMIT");
    if (committed) {
        m_onCommitted(m_connection);
        return std::nullopt;
    }
    const sqlite::Trouble trouble = m_connection.lastTrouble();
    if (trouble == sqlite::Trouble::Io) return endOnDiskFailure(std::move(committed).error());
    if (m_connection.inTransaction()) (void)m_connection.run("ROLLBACK");
    return std::move(committed).error();
}

// After a failed sync the kernel may have dropped the dirty pages and call the next sync a success: trying again would
// acknowledge what is not on the disk. A fresh process reads what really is.
std::optional<Error> Writer::endOnDiskFailure(Error error) {
    m_broken = std::move(error);
    m_onSyncFailure(*m_broken);
    if (m_connection.inTransaction()) (void)m_connection.run("ROLLBACK");
    return m_broken;
}

void Writer::checkpoint() {
    const auto copied = m_connection.checkpoint();
    m_onCheckpoint();
    if (!copied && m_connection.lastTrouble() == sqlite::Trouble::Io) (void)endOnDiskFailure(copied.error());
    const std::lock_guard lock(m_mutex);
    if (copied) ++m_statistics.checkpoints;
}

}  // namespace mailca::store
