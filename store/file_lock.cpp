#include "store/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace mailca::store {
namespace {

constexpr mode_t kOwnerOnly = 0600;

Result<Descriptor> openFile(const std::string& path) {
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly));
    if (file) return file;
    return fail(ErrorKind::Io, "cannot open " + path + ": " + std::strerror(errno) +
                                   "; its folder must exist and belong to the daemon's account");
}

}  // namespace

Result<FileLock> FileLock::take(const std::string& path) {
    TRY(Descriptor file, openFile(path));
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        return fail(ErrorKind::Unavailable, path + " is locked: another mailcad has this database open; stop it first");
    }
    return FileLock(std::move(file));
}

Result<void> makePrivateFile(const std::string& path) {
    TRY(const Descriptor file, openFile(path));
    return {};
}

}  // namespace mailca::store
