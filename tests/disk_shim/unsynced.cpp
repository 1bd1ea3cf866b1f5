#include "tests/disk_shim/unsynced.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/disk_shim/kernel.h"

namespace mailca::disk_shim {
namespace {

// A shim that cannot do what it is there for must not let a test pass.
void demand(bool done, const std::string& what) {
    if (done) return;
    std::fprintf(stderr, "disk_shim: cannot %s: %s\n", what.c_str(), std::strerror(errno));
    std::abort();
}

}  // namespace

void Content::attach(int descriptor) {
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
    m_descriptor = kernel::openAt(AT_FDCWD, link.c_str(), O_RDWR | O_CLOEXEC, 0);
    demand(attached(), "open a file a second time");
}

void Content::detach() {
    kernel::close(std::exchange(m_descriptor, -1));
}

off_t Content::size() const {
    struct ::stat facts = {};
    demand(::fstat(m_descriptor, &facts) == 0, "find out a file's size");
    return facts.st_size;
}

void Content::before(off_t offset, std::size_t length) {
    Change change{size(), offset, {}};
    const off_t room = std::max<off_t>(change.size - offset, 0);
    const std::size_t there = length == 0 ? static_cast<std::size_t>(room)  // a truncation takes all of it
                                          : std::min(length, static_cast<std::size_t>(room));
    change.bytes.resize(there);
    const ssize_t got = ::pread(m_descriptor, change.bytes.data(), there, offset);
    demand(got == static_cast<ssize_t>(there), "read what a write will overwrite");
    m_changes.add(std::move(change));
}

void Content::syncedUntil(std::uint64_t mark) {
    m_changes.synced(mark, [](const Change&) {});
}

void Content::undo() const {
    m_changes.undoNewestFirst([&](const Change& change) {
        const ssize_t size = static_cast<ssize_t>(change.bytes.size());
        demand(kernel::writeAt(m_descriptor, change.bytes.data(), change.bytes.size(), change.offset) == size &&
                   kernel::truncate(m_descriptor, change.size) == 0,
               "undo a write");
    });
}

Unsynced<Names::Change>& Names::of(const std::string& path) {
    struct ::stat facts = {};
    const std::string folder = path.substr(0, path.rfind('/'));
    demand(::stat(folder.c_str(), &facts) == 0, "find the folder " + folder);
    return m_folders[{facts.st_dev, facts.st_ino}];
}

void Names::before(const std::string& path) {
    Change change{path, {}};
    struct ::stat facts = {};
    if (::lstat(path.c_str(), &facts) == 0) {
        change.kept = m_keep + "/" + std::to_string(++m_lastKept);
        demand(kernel::link(path.c_str(), change.kept.c_str()) == 0, "keep " + path);
    }
    of(path).add(std::move(change));
}

void Names::made(const std::string& path) {
    of(path).add({path, {}});
}

void Names::failed(const std::string& path) {
    Unsynced<Change>& changes = of(path);
    bool newest = true;
    changes.undoNewestFirst([&](const Change& change) {
        if (std::exchange(newest, false)) forget(change);
    });
    changes.dropLast();
}

void Names::forget(const Change& change) {
    if (!change.kept.empty()) demand(kernel::unlinkAt(AT_FDCWD, change.kept.c_str(), 0) == 0, "let a kept file go");
}

std::uint64_t Names::mark(FileId folder) {
    return m_folders[folder].mark();
}

void Names::syncedUntil(FileId folder, std::uint64_t mark) {
    m_folders[folder].synced(mark, [](const Change& change) { forget(change); });
}

void Names::undo() const {
    for (const auto& [folder, changes] : m_folders) {
        changes.undoNewestFirst([](const Change& change) {
            const bool gone = kernel::unlinkAt(AT_FDCWD, change.path.c_str(), 0) == 0 || errno == ENOENT;
            demand(gone && (change.kept.empty() || kernel::rename(change.kept.c_str(), change.path.c_str()) == 0),
                   "bring back " + change.path);
        });
    }
}

}  // namespace mailca::disk_shim
