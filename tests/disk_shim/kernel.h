// The calls beneath the wrapped ones: straight to the kernel, so that the shim needs no loader tricks and cannot meet
// itself.
#pragma once

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstddef>

namespace mailca::disk_shim::kernel {

inline int openAt(int folder, const char* path, int flags, mode_t mode) {
    return static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode));
}
inline int close(int descriptor) {
    return static_cast<int>(::syscall(SYS_close, descriptor));
}
inline ssize_t write(int descriptor, const void* data, std::size_t size) {
    return ::syscall(SYS_write, descriptor, data, size);
}
inline ssize_t writeVector(int descriptor, const iovec* pieces, int count) {
    return ::syscall(SYS_writev, descriptor, pieces, count);
}
inline ssize_t writeAt(int descriptor, const void* data, std::size_t size, off_t offset) {
    return ::syscall(SYS_pwrite64, descriptor, data, size, offset);
}
inline int truncate(int descriptor, off_t size) {
    return static_cast<int>(::syscall(SYS_ftruncate, descriptor, size));
}
inline int sync(int descriptor) {
    return static_cast<int>(::syscall(SYS_fsync, descriptor));
}
inline int syncData(int descriptor) {
    return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}
inline int rename(const char* from, const char* to) {
    return static_cast<int>(::syscall(SYS_rename, from, to));
}
inline int link(const char* from, const char* to) {
    return static_cast<int>(::syscall(SYS_link, from, to));
}
inline int unlinkAt(int folder, const char* path, int flags) {
    return static_cast<int>(::syscall(SYS_unlinkat, folder, path, flags));
}

}  // namespace mailca::disk_shim::kernel
