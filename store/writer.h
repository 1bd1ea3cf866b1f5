// The one thread that writes. It takes whatever is queued, runs every piece of work in a savepoint of its own inside
// one transaction, commits them together, and only then releases their callers: durable and fast at once.
#pragma once

#include <semaphore.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"
#include "store/sqlite/connection.h"

namespace mailca::store {

struct Statistics {
    std::uint64_t transactions = 0;  // pieces of work made durable
    std::uint64_t commits = 0;       // how many commits that took
    std::uint64_t checkpoints = 0;
    std::uint64_t waiting = 0;  // pieces of work queued at this moment
};

class Writer final {
 public:
    // No side effects inside: a piece of work may be rolled back with its whole batch.
    using Work = std::function<Result<void>(sqlite::Connection&)>;
    // Told why a commit or a checkpoint failed at the disk. What is durable then is unknown, so it must not return in
    // production; where it does (tests), every caller fails from then on and nothing more is written.
    using OnSyncFailure = std::function<void(const Error&)>;
    // On the writer's thread after each commit, when it is durable and before its callers are told.
    using OnCommitted = std::function<void(sqlite::Connection&)>;
    // And when the log was copied into the database: the log starts anew once no reader has a snapshot in it.
    using OnCheckpoint = std::function<void()>;

    Writer(sqlite::Connection connection, OnSyncFailure onSyncFailure, OnCommitted onCommitted,
           OnCheckpoint onCheckpoint);
    ~Writer();  // what is queued is done first
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // Returns once the work is durable, or with its error and nothing of it written. What the work throws comes out
    // here. Thread-safe; not from inside a piece of work.
    Result<void> run(const Work& work);
    Statistics statistics() const;
    // Rises with every commit, after it is durable and before any of its callers hears of it.
    std::uint64_t version() const { return m_version.load(); }

 private:
    // Given once, waited for once. A semaphore of glibc may be taken down by the waiter at once (nptl/sem_post.c), as
    // standing on its stack demands; std::binary_semaphore of GCC 12 yields the processor before it sleeps.
    class Signal {
     public:
        Signal() { ::sem_init(&m_semaphore, 0, 0); }
        ~Signal() { ::sem_destroy(&m_semaphore); }
        Signal(const Signal&) = delete;
        Signal& operator=(const Signal&) = delete;
        void give() { ::sem_post(&m_semaphore); }
        void await() {
            while (::sem_wait(&m_semaphore) != 0) continue;  // EINTR
        }

     private:
        ::sem_t m_semaphore;
    };
    // Stands on its caller's stack while the caller waits.
    struct Job {
        explicit Job(const Work& toDo) : work(toDo) {}
        const Work& work;
        std::optional<Error> error;
        std::exception_ptr thrown;
        Signal released;
    };
    enum class BatchState : std::uint8_t { Open, Lost };

    void loop();
    std::vector<Job*> nextBatch();
    void gather(std::unique_lock<std::mutex>& lock);
    void settle(const std::vector<Job*>& batch);
    std::optional<Error> commitAll(const std::vector<Job*>& batch);
    BatchState runInSavepoint(Job& job);
    std::optional<Error> commit();
    std::optional<Error> endOnDiskFailure(Error error);
    void checkpoint();

    sqlite::Connection m_connection;
    const OnSyncFailure m_onSyncFailure;
    const OnCommitted m_onCommitted;
    const OnCheckpoint m_onCheckpoint;
    std::atomic<std::uint64_t> m_version{0};
    std::optional<Error> m_broken;  // the writer thread's: after a disk failure
    std::size_t m_lastBatch = 0;    // and this

    mutable std::mutex m_mutex;  // guards what follows
    std::condition_variable m_wake;
    std::deque<Job*> m_queue;
    Statistics m_statistics;
    std::size_t m_wanted = 1;  // pieces of work queued before the writer wakes
    bool m_stopping = false;

    std::thread m_thread;  // last: starts when all else stands
};

}  // namespace mailca::store
