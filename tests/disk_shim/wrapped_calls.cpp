// The calls by which programs change files, under their C names: each does what it says, by way of the shim.
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>

#include "tests/disk_shim/kernel.h"
#include "tests/disk_shim/shim.h"

namespace mailca::disk_shim {
namespace {

constexpr off_t kHere = -1;  // where the descriptor stands

Shim& shim() {
    return Shim::instance();
}

// A change of names; of those, the ones below the root are kept.
template <typename Call>
int renaming(std::initializer_list<std::optional<std::string>> paths, Call call) {
    if (!shim().canCut()) return call();
    const Shim::PowerOn power;
    const std::lock_guard lock(shim().names().mutex);
    for (const auto& path : paths) {
        if (path) shim().names().before(*path);
    }
    const int result = call();
    if (result == 0) return result;
    const int why = errno;
    for (auto path = std::rbegin(paths); path != std::rend(paths); ++path) {
        if (*path) shim().names().failed(**path);
    }
    errno = why;
    return result;
}

// A change of content: `length` bytes from `offset` on, or all from there when length is 0.
template <typename Call>
auto changing(int descriptor, off_t offset, std::size_t length, Call call) {
    Content* const content = shim().contentOf(descriptor);
    if (content == nullptr) return call();
    if (length > 0) shim().countWrite(length);
    if (!shim().canCut()) return call();
    const Shim::PowerOn power;
    const std::lock_guard lock(content->mutex);
    if (offset == kHere) {
        const bool appends = (::fcntl(descriptor, F_GETFL) & O_APPEND) != 0;
        offset = appends ? content->size() : ::lseek(descriptor, 0, SEEK_CUR);
    }
    content->before(offset, length);
    return call();
}

int truncating(int descriptor, off_t size) {
    return changing(descriptor, size, 0, [&] { return kernel::truncate(descriptor, size); });
}

int opening(int folder, const char* path, int flags, mode_t mode) {
    const bool changes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
    const auto ours = changes && shim().canCut() ? shim().ours(folder, path) : std::nullopt;
    int descriptor = -1;
    if (!ours) {
        descriptor = kernel::openAt(folder, path, flags, mode);
    } else {
        const Shim::PowerOn power;
        const std::lock_guard lock(shim().names().mutex);
        struct ::stat facts = {};
        const bool isNew = ::lstat(ours->c_str(), &facts) != 0;
        descriptor = kernel::openAt(folder, path, flags & ~O_TRUNC, mode);
        if (descriptor >= 0 && isNew) shim().names().made(*ours);
    }
    if (descriptor < 0 || (flags & O_ACCMODE) == O_RDONLY) return descriptor;
    shim().opened(descriptor);
    if (ours && (flags & O_TRUNC) != 0) (void)truncating(descriptor, 0);
    return descriptor;
}

// What was changed before the sync began is on the disk when it returns. Nothing is held while it runs: the power may
// fail at any moment of it.
template <typename Mark, typename Synced, typename Call>
int syncing(std::mutex& mutex, Mark mark, Synced synced, Call call) {
    std::uint64_t until = 0;
    {
        const Shim::PowerOn power;
        const std::lock_guard lock(mutex);
        until = mark();
    }
    if (const int result = call(); result != 0) return result;
    const Shim::PowerOn power;
    const std::lock_guard lock(mutex);
    synced(until);
    return 0;
}

template <typename Call>
int syncing(int descriptor, Call call) {
    if (!shim().isBelowRoot(descriptor)) return call();
    shim().countSync();
    shim().waitBeforeSync();
    if (shim().ignoresSyncs()) return 0;
    struct ::stat facts = {};
    if (!shim().canCut() || ::fstat(descriptor, &facts) != 0) return call();
    const FileId id{facts.st_dev, facts.st_ino};
    if (S_ISDIR(facts.st_mode)) {
        Names& names = shim().names();
        return syncing(
            names.mutex, [&] { return names.mark(id); }, [&](std::uint64_t mark) { names.syncedUntil(id, mark); },
            call);
    }
    Content* const content = shim().contentOf(id);
    if (content == nullptr) return call();
    return syncing(
        content->mutex, [&] { return content->mark(); }, [&](std::uint64_t mark) { content->syncedUntil(mark); }, call);
}

mode_t modeOf(int flags, va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace
}  // namespace mailca::disk_shim

using namespace mailca::disk_shim;  // NOLINT: the functions below have C names

extern "C" {

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = modeOf(flags, arguments);
    va_end(arguments);
    return opening(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = modeOf(flags, arguments);
    va_end(arguments);
    return opening(folder, path, flags, mode);
}
int open64(const char* path, int flags, ...) __attribute__((alias("open")));
int openat64(int folder, const char* path, int flags, ...) __attribute__((alias("openat")));

int close(int descriptor) {
    shim().closing(descriptor);
    return kernel::close(descriptor);
}

ssize_t write(int descriptor, const void* data, std::size_t size) {
    return changing(descriptor, kHere, size, [&] { return kernel::write(descriptor, data, size); });
}
ssize_t pwrite(int descriptor, const void* data, std::size_t size, off_t offset) {
    return changing(descriptor, offset, size, [&] { return kernel::writeAt(descriptor, data, size, offset); });
}
ssize_t pwrite64(int descriptor, const void* data, std::size_t size, off_t offset) __attribute__((alias("pwrite")));
ssize_t writev(int descriptor, const iovec* pieces, int count) {
    std::size_t size = 0;
    for (int piece = 0; piece < count; ++piece) size += pieces[piece].iov_len;
    return changing(descriptor, kHere, size, [&] { return kernel::writeVector(descriptor, pieces, count); });
}
int ftruncate(int descriptor, off_t size) noexcept {
    return truncating(descriptor, size);
}
int ftruncate64(int descriptor, off_t size) noexcept __attribute__((alias("ftruncate")));

int fsync(int descriptor) {
    return syncing(descriptor, [&] { return kernel::sync(descriptor); });
}
int fdatasync(int descriptor) {
    return syncing(descriptor, [&] { return kernel::syncData(descriptor); });
}

int rename(const char* from, const char* to) noexcept {
    return renaming({shim().ours(AT_FDCWD, to), shim().ours(AT_FDCWD, from)}, [&] { return kernel::rename(from, to); });
}
int link(const char* from, const char* to) noexcept {
    return renaming({shim().ours(AT_FDCWD, to)}, [&] { return kernel::link(from, to); });
}
int unlinkat(int folder, const char* path, int flags) noexcept {
    if ((flags & AT_REMOVEDIR) != 0) return kernel::unlinkAt(folder, path, flags);
    return renaming({shim().ours(folder, path)}, [&] { return kernel::unlinkAt(folder, path, flags); });
}
int unlink(const char* path) noexcept {
    return unlinkat(AT_FDCWD, path, 0);
}

__attribute__((constructor)) static void start() {
    (void)shim();              // the power may be cut before the first file is written
    ::unsetenv("LD_PRELOAD");  // the disk is this process's: a child would take words from its FIFO
}

}  // extern "C"
