// What the wrapped calls ask: which descriptors count, how many calls there were, how long a sync takes, and whether
// the power is still on.
#pragma once

#include <pthread.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "tests/disk_shim/unsynced.h"

namespace mailca::disk_shim {

class Shim final {
 public:
    static Shim& instance();  // made at the first call, from the environment; never destroyed

    // A wrapped change happens under this; the cut shuts all of them out.
    class PowerOn final {
     public:
        PowerOn() { ::pthread_rwlock_rdlock(&instance().m_power); }
        ~PowerOn() { ::pthread_rwlock_unlock(&instance().m_power); }
        PowerOn(const PowerOn&) = delete;
        PowerOn& operator=(const PowerOn&) = delete;
    };

    bool canCut() const { return !m_control.empty(); }
    bool ignoresSyncs() const { return m_ignoreSyncs; }
    // The canonical path when it lies below the root and is not left alone; "path" as openat takes it. nullopt: none of
    // ours.
    std::optional<std::string> ours(int folder, const char* path) const;

    void opened(int descriptor);  // for writing: from now on its writes count, if it is ours
    void closing(int descriptor);
    Content* contentOf(int descriptor);      // nullptr: not one of ours
    Content* contentOf(FileId file);         // nullptr: nobody wrote to it
    bool isBelowRoot(int descriptor) const;  // any descriptor, folders too
    Names& names() { return m_names; }

    void countWrite(std::size_t bytes);
    void countSync();
    void waitBeforeSync();  // the slowness asked for, and until nobody holds the syncs

 private:
    Shim();
    bool isOurs(const std::string& canonical) const;
    void startControl();
    [[noreturn]] void obey(int fifo);
    [[noreturn]] void cutPower();
    void hold(bool held);

    static constexpr std::size_t kDescriptors = 1 << 16;

    const std::string m_root;  // canonical; empty: nothing is ours
    const std::string m_control;
    const unsigned m_slowSyncMilliseconds;
    const bool m_ignoreSyncs;
    std::uint64_t* m_counts = nullptr;  // a mapped file
    Names m_names;
    pthread_rwlock_t m_power;
    std::array<std::atomic<Content*>, kDescriptors> m_byDescriptor{};

    std::mutex m_mutex;                    // guards what follows
    std::map<FileId, Content> m_contents;  // a file stays in here once it was written to
    bool m_held = false;
    std::condition_variable m_released;
};

}  // namespace mailca::disk_shim
