// A disk that a test can hold up, fill up or make fail: an SQLite VFS over the real one which watches the write-ahead
// log and the database. Databases opened while a gate stands go through it; one gate at a time.
#pragma once

#include <sqlite3.h>

#include <condition_variable>
#include <map>
#include <mutex>

namespace mailca::test {

class DiskGate final {
 public:
    enum class Mode { Pass, HoldSync, FailSync, Filling, DiskFull };

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
    // There is room for `writes` more writes, then for none until set().
    void fillUpAfter(int writes) {
        const std::lock_guard lock(m_mutex);
        m_room = writes;
        m_mode = Mode::Filling;
    }
    bool isFull() {
        const std::lock_guard lock(m_mutex);
        return m_mode == Mode::DiskFull;
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
        if (code != SQLITE_OK || (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_DB)) == 0) return code;
        const std::lock_guard lock(gate.m_mutex);
        Methods& methods = gate.m_methods[file->pMethods];
        methods = {*file->pMethods, file->pMethods};
        methods.watched.xSync = &DiskGate::sync;
        methods.watched.xWrite = &DiskGate::write;
        file->pMethods = &methods.watched;
        return code;
    }
    // The watched ones stand first in a Methods.
    static const sqlite3_io_methods& realOf(const sqlite3_file* file) {
        return *reinterpret_cast<const Methods*>(file->pMethods)->real;
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
        return realOf(file).xSync(file, flags);
    }

    static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
        DiskGate& gate = *current();
        {
            const std::lock_guard lock(gate.m_mutex);
            if (gate.m_mode == Mode::Filling && gate.m_room-- == 0) gate.m_mode = Mode::DiskFull;
            if (gate.m_mode == Mode::DiskFull) return SQLITE_FULL;
        }
        return realOf(file).xWrite(file, data, size, offset);
    }

    struct Methods {
        sqlite3_io_methods watched;
        const sqlite3_io_methods* real;
    };
    sqlite3_vfs* m_real;
    sqlite3_vfs m_vfs;
    std::mutex m_mutex;  // guards what follows
    std::condition_variable m_changed;
    std::map<const sqlite3_io_methods*, Methods> m_methods;
    Mode m_mode = Mode::Pass;
    int m_room = 0;  // while Filling
    int m_held = 0;
};

}  // namespace mailca::test
