// A disk that a test can hold up or make fail: an SQLite VFS over the real one which watches the write-ahead log.
// Databases opened while a gate stands go through it; one gate at a time.
#pragma once

#include <sqlite3.h>

#include <condition_variable>
#include <map>
#include <mutex>

namespace mailca::test {

class DiskGate final {
 public:
    enum class Mode { Pass, HoldSync, FailSync, DiskFull };

    DiskGate() {
        current() = this;
        m_real = ::sqlite3_vfs_find(nullptr);
        m_vfs = *m_real;
        m_vfs.zName = "gate";
        m_vfs.xOpen = &DiskGate::open;
        ::sqlite3_vfs_register(&m_vfs, 1);
    }
    // Databases opened through the gate must be closed before.
    ~DiskGate() {
        ::sqlite3_vfs_unregister(&m_vfs);
        ::sqlite3_vfs_register(m_real, 1);
    }
    DiskGate(const DiskGate&) = delete;
    DiskGate& operator=(const DiskGate&) = delete;

    void set(Mode mode) {
        const std::lock_guard lock(m_mutex);
        m_mode = mode;
        m_changed.notify_all();
    }
    // Until somebody stands before the held sync.
    void awaitHeldSync() {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_held > 0; });
    }

 private:
    static DiskGate*& current() {
        static DiskGate* gate = nullptr;
        return gate;
    }

    static int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* outFlags) {
        DiskGate& gate = *current();
        const int code = gate.m_real->xOpen(gate.m_real, name, file, flags, outFlags);
        (void)vfs;
        if (code != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0) return code;
        const std::lock_guard lock(gate.m_mutex);
        sqlite3_io_methods& watched = gate.m_methods[file->pMethods];
        gate.m_realMethods = file->pMethods;
        watched = *file->pMethods;
        watched.xSync = &DiskGate::sync;
        watched.xWrite = &DiskGate::write;
        file->pMethods = &watched;
        return code;
    }

    static int sync(sqlite3_file* file, int flags) {
        DiskGate& gate = *current();
        {
            std::unique_lock lock(gate.m_mutex);
            if (gate.m_mode == Mode::FailSync) return SQLITE_IOERR_FSYNC;
            ++gate.m_held;
            gate.m_changed.notify_all();
            gate.m_changed.wait(lock, [&] { return gate.m_mode != Mode::HoldSync; });
            --gate.m_held;
        }
        return gate.m_realMethods->xSync(file, flags);
    }

    static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
        DiskGate& gate = *current();
        {
            const std::lock_guard lock(gate.m_mutex);
            if (gate.m_mode == Mode::DiskFull) return SQLITE_FULL;
        }
        return gate.m_realMethods->xWrite(file, data, size, offset);
    }

    sqlite3_vfs* m_real;
    sqlite3_vfs m_vfs;
    std::mutex m_mutex;  // guards what follows
    std::condition_variable m_changed;
    std::map<const sqlite3_io_methods*, sqlite3_io_methods> m_methods;
    const sqlite3_io_methods* m_realMethods = nullptr;
    Mode m_mode = Mode::Pass;
    int m_held = 0;
};

}  // namespace mailca::test
