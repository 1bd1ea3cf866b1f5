#include "daemon/secret_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/descriptor.h"

namespace mailca::daemon {
namespace {

Error cannot(const std::string& path, const std::string& what) {
    return fail(ErrorKind::Config, path + ": " + what);
}

}  // namespace

Result<Secret> readOrMakeToken(const std::string& path, Random& random) {
    {
        const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (file) {
            std::string text = random.token(32) + "\n";
            const Secret token = Secret::take(text);
            if (!writeAll(file, token.view()) || ::fsync(file.get()) != 0) {
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
