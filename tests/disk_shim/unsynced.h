// What a power cut would take: the changes to a file's content, or to a folder's names, since its last sync.
#pragma once

#include <sys/types.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace mailca::disk_shim {

struct FileId {
    dev_t device = 0;
    ino_t inode = 0;
    auto operator<=>(const FileId&) const = default;
};

// Changes in the order they came. A sync covers those that came before it began, not those that came while it ran.
template <typename Change>
class Unsynced {
 public:
    using Mark = std::uint64_t;

    void add(Change change) { m_changes.push_back(std::move(change)); }
    void dropLast() { m_changes.pop_back(); }
    bool empty() const { return m_changes.empty(); }
    Mark mark() const { return m_dropped + m_changes.size(); }
    // `gone(change)` for each change before the mark.
    template <typename Gone>
    void synced(Mark mark, Gone gone) {
        for (; m_dropped < mark; ++m_dropped) {
            gone(m_changes.front());
            m_changes.pop_front();
        }
    }
    template <typename Undo>
    void undoNewestFirst(Undo undo) const {
        for (auto change = m_changes.rbegin(); change != m_changes.rend(); ++change) undo(*change);
    }

 private:
    std::deque<Change> m_changes;
    Mark m_dropped = 0;  // how many came before the first one kept
};

// The content of one file. `mutex` is held from before() until the change it announces is made.
class Content final {
 public:
    explicit Content(FileId id) : m_id(id) {}

    FileId id() const { return m_id; }
    // Between these two it has a descriptor of its own, which the calls below need. It must not be closed while the
    // process has others to the file: that would let go SQLite's locks (fcntl(2)).
    void attach(int descriptor);
    void detach();
    bool attached() const { return m_descriptor >= 0; }
    off_t size() const;
    void before(off_t offset, std::size_t length);  // a write there, or a truncation to `offset` when length is 0
    bool synced() const { return m_changes.empty(); }
    std::uint64_t mark() const { return m_changes.mark(); }
    void syncedUntil(std::uint64_t mark);
    void undo() const;

    std::mutex mutex;
    int openDescriptors = 0;  // guarded by who owns all contents

 private:
    struct Change {
        off_t size;  // of the file before
        off_t offset;
        std::vector<char> bytes;  // what lay there, as far as the file went
    };
    const FileId m_id;
    int m_descriptor = -1;
    Unsynced<Change> m_changes;
};

// The names in all folders below the root. What is unlinked or replaced is kept under a second name until its folder's
// sync.
class Names final {
 public:
    explicit Names(std::string keep) : m_keep(std::move(keep)) {}

    // Held from before() until the change it announces is made.
    std::mutex mutex;
    // `path` is about to be made, replaced or removed. failed() takes it back.
    void before(const std::string& path);
    void made(const std::string& path);  // it was, where nothing stood
    void failed(const std::string& path);
    std::uint64_t mark(FileId folder);
    void syncedUntil(FileId folder, std::uint64_t mark);
    void undo() const;

 private:
    struct Change {
        std::string path;
        std::string kept;  // the file that stood there; empty: none
    };
    static void forget(const Change& change);
    Unsynced<Change>& of(const std::string& path);

    const std::string m_keep;
    std::uint64_t m_lastKept = 0;
    std::map<FileId, Unsynced<Change>> m_folders;
};

}  // namespace mailca::disk_shim
