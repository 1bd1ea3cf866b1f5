#include "store/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace mailca::store {
namespace {

constexpr mode_t kOwnerOnly = 0600;

Result<int> openFile(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
    if (descriptor >= 0) return descriptor;
    return fail(ErrorKind::Io, "cannot open " + path + ": " + std::strerror(errno) +
                                   "; its folder must exist and belong to the daemon's account");
}

}  // namespace

Result<FileLock> FileLock::take(const std::string& path) {
    TRY(const int descriptor, openFile(path));
    FileLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        return fail(ErrorKind::Unavailable, path + " is locked: another mailcad has this database open; stop it first");
    }
    return lock;
}

FileLock::~FileLock() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

FileLock::FileLock(FileLock&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}

Result<void> makePrivateFile(const std::string& path) {
    TRY(const int descriptor, openFile(path));
    ::close(descriptor);
    return {};
}

}  // namespace mailca::store
