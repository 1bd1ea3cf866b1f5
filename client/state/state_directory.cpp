#include "client/state/state_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/http/url.h"

namespace mailca::client {
namespace {

constexpr const char* kLockFile = "lock";

}  // namespace

Result<StateDirectory> StateDirectory::open(std::filesystem::path path, Disk& disk) {
    TRY_VOID(makeDurably(disk, path));
    struct ::stat facts {};
    if (::stat(path.c_str(), &facts) != 0) {
        return fail(ErrorKind::Io, "cannot read " + path.string() + ": " + std::strerror(errno));
    }
    if ((facts.st_mode & 077) != 0) {
        return fail(ErrorKind::Config,
                    path.string() + " holds private keys, but others may enter it: chmod 700 " + path.string());
    }
    return StateDirectory(std::move(path), disk);
}

Result<StateLock> StateDirectory::lock() const {
    const auto path = file(kLockFile);
    Descriptor lockFile(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lockFile) return fail(ErrorKind::Io, "cannot open " + path.string() + ": " + std::strerror(errno));
    if (::flock(lockFile.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return fail(ErrorKind::Io, "cannot lock " + path.string() + ": " + std::strerror(errno));
        return fail(ErrorKind::Unavailable, "another mailca is at work in " + m_path.string() + ": run again later");
    }
    return StateLock(std::move(lockFile));
}

MailboxFolder StateDirectory::folder(const EmailAddress& mailbox) const {
    return {mailbox, m_path / http::percentEncoded(mailbox.text()), *m_disk};
}

Result<std::vector<MailboxFolder>> StateDirectory::folders() const {
    std::vector<MailboxFolder> out;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(m_path, error)) {
        const std::string name = entry.path().filename().string();
        if (!entry.is_directory() || name.find('@') == std::string::npos) continue;
        TRY(const std::string text, http::percentDecoded(name));
        const auto mailbox = EmailAddress::parse(text);
        if (mailbox) out.push_back(folder(*mailbox));
    }
    if (error) return fail(ErrorKind::Io, "cannot list " + m_path.string() + ": " + error.message());
    std::ranges::sort(out, {}, [](const MailboxFolder& folder) { return folder.mailbox().text(); });
    return out;
}

}  // namespace mailca::client
