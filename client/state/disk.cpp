#include "client/state/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "core/descriptor.h"

namespace mailca::client {
namespace {

Error ioError(const std::string& what, const std::filesystem::path& path, int number) {
    return fail(ErrorKind::Io, what + " " + path.string() + ": " + std::strerror(number));
}

}  // namespace

Result<void> SystemDisk::makeDirectory(const std::filesystem::path& path) {
    if (::mkdir(path.c_str(), 0700) != 0) return ioError("cannot make the directory", path, errno);
    return {};
}

Result<void> SystemDisk::write(const std::filesystem::path& path, std::string_view content) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return ioError("cannot write", path, errno);
    if (::fchmod(file.get(), 0600) != 0) return ioError("cannot protect", path, errno);
    if (!writeAll(file, asBytes(content))) return ioError("cannot write", path, errno);
    return {};
}

Result<void> SystemDisk::sync(const std::filesystem::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file || ::fsync(file.get()) != 0) return ioError("cannot sync", path, errno);
    return {};
}

Result<void> SystemDisk::rename(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return ioError("cannot put in place", to, errno);
    return {};
}

Result<void> SystemDisk::remove(const std::filesystem::path& path) {
    if (::unlink(path.c_str()) != 0) return ioError("cannot remove", path, errno);
    return {};
}

Result<void> writeDurably(Disk& disk, const std::filesystem::path& path, std::string_view content) {
    const std::filesystem::path temporary = path.string() + ".tmp";
    TRY_VOID(disk.write(temporary, content));
    TRY_VOID(disk.sync(temporary));
    TRY_VOID(disk.rename(temporary, path));
    return disk.sync(path.has_parent_path() ? path.parent_path() : ".");
}

Result<void> makeDurably(Disk& disk, const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return {};
    const auto parent = path.parent_path();
    if (!parent.empty() && parent != path) TRY_VOID(makeDurably(disk, parent));
    TRY_VOID(disk.makeDirectory(path));
    return disk.sync(parent.empty() ? "." : parent);
}

Result<std::optional<std::string>> readFile(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>();
        return ioError("cannot read", path, errno);
    }
    std::ostringstream content;
    content << file.rdbuf();
    if (file.bad()) return ioError("cannot read", path, errno);
    return std::optional(std::move(content).str());
}

}  // namespace mailca::client
