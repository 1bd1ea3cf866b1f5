#include "daemon/secret_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mailca::daemon {
namespace {

class File final {
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
    return readSecretLine(path);
}

}  // namespace mailca::daemon
