#include "ca/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/descriptor.h"

namespace mailca::ca {
namespace {

constexpr std::size_t kMaxFile = 1U << 20;

Error failed(const std::string& path, const std::string& what) {
    return fail(ErrorKind::Io, path + ": " + what + " (" + std::strerror(errno) + ")");
}

// The name beside the final one; gone when its owner goes.
class Beside final {
 public:
    explicit Beside(std::string path) : m_path(std::move(path)) {}
    ~Beside() { ::unlink(m_path.c_str()); }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;
    const char* name() const { return m_path.c_str(); }

 private:
    std::string m_path;
};

}  // namespace

Result<void> writeNewFile(const std::string& path, ByteView content, FileMode mode) {
    const Beside beside(path + ".new." + std::to_string(::getpid()));
    const Descriptor file(::open(beside.name(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return failed(path, "cannot be written");
    if (!writeAll(file, content) || ::fchmod(file.get(), static_cast<mode_t>(mode)) != 0 || ::fsync(file.get()) != 0) {
        return failed(path, "cannot be written");
    }
    // link() refuses an existing name, rename() would replace it.
    if (::link(beside.name(), path.c_str()) != 0) {
        return failed(path,
                      errno == EEXIST ? "exists already and is not overwritten; move it away first" : "cannot be made");
    }
    return syncFolderOf(path);
}

Result<void> replaceFile(const std::string& path, ByteView content, FileMode mode) {
    const std::string next = path + ".next";
    ::unlink(next.c_str());  // of a run that was broken off
    TRY_VOID(writeNewFile(next, content, mode));
    if (std::rename(next.c_str(), path.c_str()) != 0) {
        return fail(ErrorKind::Io, path + ": cannot be replaced; the new one is " + next);
    }
    return syncFolderOf(path);
}

Result<void> syncFolderOf(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    const Descriptor folder(::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) != 0) return failed(path, "its folder cannot be synced");
    return {};
}

Result<Bytes> readWholeFile(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return fail(ErrorKind::Config, path + ": cannot be read (" + std::strerror(errno) + ")");
    Bytes out(kMaxFile + 1);
    std::size_t size = 0;
    while (size < out.size()) {
        const ssize_t got = ::read(file.get(), out.data() + size, out.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ErrorKind::Config, path + ": cannot be read (" + std::strerror(errno) + ")");
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > kMaxFile) return fail(ErrorKind::Config, path + ": is larger than 1 MiB; is it the right file?");
    out.resize(size);
    return out;
}

}  // namespace mailca::ca
