#include "core/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/descriptor.h"

namespace mailca {
namespace {

constexpr std::size_t kLargest = 64 * 1024;

Error refused(const std::string& path, const std::string& why) {
    return fail(ErrorKind::Config, path + ": " + why);
}

Error unreadable(const std::string& path) {
    return refused(path, std::string("cannot be read: ") + std::strerror(errno));
}

// `name` is for errors.
Result<Secret> readAll(const Descriptor& file, const std::string& name) {
    Secret buffer(kLargest + 1);
    std::size_t length = 0;
    while (length <= kLargest) {
        const ssize_t got = ::read(file.get(), buffer.bytes().data() + length, kLargest + 1 - length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return unreadable(name);
        if (got == 0) break;
        length += static_cast<std::size_t>(got);
    }
    if (length > kLargest) return refused(name, "is larger than 64 KiB");
    const ByteView all = buffer.view();
    while (length > 0 && (all[length - 1] == '\n' || all[length - 1] == '\r')) --length;
    if (length == 0) return refused(name, "is empty");
    return Secret::copyOf(all.first(length));
}

Result<Secret> demandOneLine(Secret secret, const std::string& name) {
    if (secret.text().find_first_of("\r\n") == std::string_view::npos) return secret;
    return refused(name, "holds more than one line; write the secret alone, in one");
}

}  // namespace

Result<Secret> readSecretFile(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return unreadable(path);
    struct ::stat facts {};
    if (::fstat(file.get(), &facts) != 0) return unreadable(path);
    if ((facts.st_mode & 077U) != 0) return refused(path, "holds a secret and others may read it: chmod 600 " + path);
    return readAll(file, path);
}

Result<Secret> readSecretLine(const std::string& path) {
    TRY(Secret secret, readSecretFile(path));
    return demandOneLine(std::move(secret), path);
}

Result<Secret> readSecretLine(int descriptor) {
    const std::string name = "descriptor " + std::to_string(descriptor);
    TRY(Secret secret, readAll(Descriptor(descriptor), name));
    return demandOneLine(std::move(secret), name);
}

}  // namespace mailca
