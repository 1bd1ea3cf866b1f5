#include "daemon/secret_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mailca::daemon {
namespace {

constexpr std::size_t kLargest = 64 * 1024;

class File {
 public:
    explicit File(int descriptor) : m_descriptor(descriptor) {}
    ~File() {
        if (m_descriptor >= 0) ::close(m_descriptor);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return m_descriptor; }

 private:
    int m_descriptor;
};

Error cannot(const std::string& path, const std::string& what) {
    return fail(ErrorKind::Config, path + ": " + what);
}

}  // namespace

Result<Secret> readSecretFile(const std::string& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return cannot(path, std::string("cannot be read: ") + std::strerror(errno));
    struct stat facts {};
    if (::fstat(file.get(), &facts) != 0) return cannot(path, std::strerror(errno));
    if (S_ISREG(facts.st_mode) && (facts.st_mode & 077) != 0) {
        return cannot(path, "holds a secret and others may read it: chmod 600 it");
    }
    Secret buffer(kLargest + 1);
    std::size_t length = 0;
    while (length <= kLargest) {
        const ssize_t got = ::read(file.get(), buffer.bytes().data() + length, kLargest + 1 - length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot(path, std::strerror(errno));
        if (got == 0) break;
        length += static_cast<std::size_t>(got);
    }
    if (length > kLargest) return cannot(path, "is larger than 64 KiB");
    const ByteView all = buffer.view();
    while (length > 0 && (all[length - 1] == '\n' || all[length - 1] == '\r')) --length;
    if (length == 0) return cannot(path, "is empty");
    return Secret::copyOf(all.first(length));
}

Result<Secret> readOrMakeToken(const std::string& path, Random& random) {
    {
        const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (file.get() >= 0) {
            std::string text = random.token(32) + "\n";
            const Secret token = Secret::take(text);
            const bool written = ::write(file.get(), token.view().data(), token.view().size()) ==
                                     static_cast<ssize_t>(token.view().size()) &&
                                 ::fsync(file.get()) == 0;
            if (!written) {
                const std::string why = std::strerror(errno);
                ::unlink(path.c_str());
                return cannot(path, "cannot be written: " + why);
            }
        } else if (errno != EEXIST) {
            return cannot(path, std::string("cannot be made: ") + std::strerror(errno));
        }
    }
    return readSecretFile(path);
}

}  // namespace mailca::daemon
