#include "mail/maildir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <iterator>

#include "core/descriptor.h"
#include "mail/message.h"

namespace mailca::mail {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kInfo = ":2,";  // maildir(5): flags follow

Error ioError(const fs::path& path) {
    return fail(errno == ENOENT ? ErrorKind::NotFound : ErrorKind::Io, path.string() + ": " + std::strerror(errno));
}

std::string_view baseOf(std::string_view name) {
    return name.substr(0, name.find(kInfo));
}

// What could not get its flags (kInfo and one more octet) by renaming is no name of a mail.
bool isMailName(std::string_view name) {
    return !name.empty() && name.size() + kInfo.size() < NAME_MAX && name.front() != '.' &&
           name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

struct Entry {
    std::int64_t modified;
    std::string name;
    auto operator<=>(const Entry&) const = default;
};

// Regular files, oldest first. What vanishes while we look is left out.
Result<std::vector<Entry>> entriesOf(const fs::path& folder) {
    std::error_code error;
    fs::directory_iterator files(folder, error);
    if (error) return fail(ErrorKind::Io, folder.string() + ": " + error.message());
    std::vector<Entry> entries;
    for (; files != fs::directory_iterator(); files.increment(error)) {
        struct ::stat facts = {};
        std::string name = files->path().filename().string();
        if (isMailName(name) && ::lstat(files->path().c_str(), &facts) == 0 && S_ISREG(facts.st_mode)) {
            entries.push_back({facts.st_mtim.tv_sec, std::move(name)});
        }
    }
    if (error) return fail(ErrorKind::Io, folder.string() + ": " + error.message());
    std::sort(entries.begin(), entries.end());
    return entries;
}

Result<std::string> readRegular(const fs::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct ::stat facts = {};
    if (!file || ::fstat(file.get(), &facts) != 0) return ioError(path);
    if (!S_ISREG(facts.st_mode)) return fail(ErrorKind::NotFound, path.string() + ": not a file");
    if (facts.st_size > static_cast<::off_t>(kMaxMessageBytes)) {
        return fail(ErrorKind::Parse, path.string() + ": too large for a mail to us");
    }
    std::string bytes(static_cast<std::size_t>(facts.st_size) + 1, '\0');  // one more: does it still grow?
    std::size_t length = 0;
    while (length < bytes.size()) {
        const ::ssize_t got = ::read(file.get(), bytes.data() + length, bytes.size() - length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ioError(path);
        if (got == 0) break;
        length += static_cast<std::size_t>(got);
    }
    if (length == bytes.size()) return fail(ErrorKind::Io, path.string() + ": it still grows");
    bytes.resize(length);
    return bytes;
}

Result<void> writeSynced(const fs::path& path, std::string_view bytes) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file || !writeAll(file, asBytes(bytes)) || ::fsync(file.get()) != 0) return ioError(path);
    return {};
}

Result<void> syncFolder(const fs::path& path) {
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) != 0) return ioError(path);
    return {};
}

// Where in cur/ the mail lies, under whatever flags.
Result<fs::path> findInCur(const fs::path& root, std::string_view name) {
    TRY(const std::vector<Entry> entries, entriesOf(root / "cur"));
    for (const Entry& entry : entries) {
        if (baseOf(entry.name) == baseOf(name)) return root / "cur" / entry.name;
    }
    return fail(ErrorKind::NotFound, "the mail " + std::string(name) + " is gone");
}

Result<void> checkName(std::string_view name) {
    if (!isMailName(name)) return fail(ErrorKind::Malformed, "not the name of a mail in a Maildir");
    return {};
}

}  // namespace

Result<Maildir> Maildir::open(fs::path root) {
    std::error_code error;
    if (!fs::is_directory(root / "new", error) || !fs::is_directory(root / "cur", error)) {
        return fail(ErrorKind::Io, root.string() + " is no Maildir: new/ or cur/ is missing or not readable");
    }
    return Maildir(std::move(root));
}

Result<Maildir> Maildir::create(fs::path root) {
    std::error_code error;
    for (const char* folder : {"tmp", "new", "cur"}) {
        fs::create_directories(root / folder, error);
        if (!error) fs::permissions(root / folder, fs::perms::owner_all, error);
        if (error) return fail(ErrorKind::Io, (root / folder).string() + ": " + error.message());
    }
    return open(std::move(root));
}

Result<std::vector<std::string>> Maildir::list() const {
    TRY(std::vector<Entry> entries, entriesOf(m_root / "new"));
    std::vector<std::string> names;
    for (Entry& entry : entries) names.push_back(std::move(entry.name));
    return names;
}

Result<std::string> Maildir::readNew(const std::string& name) const {
    TRY_VOID(checkName(name));
    return readRegular(m_root / "new" / name);
}

Result<std::string> Maildir::read(const std::string& name) const {
    Result<std::string> bytes = readNew(name);
    if (bytes || bytes.error().kind != ErrorKind::NotFound) return bytes;
    TRY(const fs::path path, findInCur(m_root, name));
    return readRegular(path);
}

Result<void> Maildir::takeFromNew(const std::string& name) const {
    TRY_VOID(checkName(name));
    const fs::path seen = m_root / "cur" / (std::string(baseOf(name)) + std::string(kInfo) + "S");
    if (::rename((m_root / "new" / name).c_str(), seen.c_str()) != 0) return ioError(m_root / "new" / name);
    return {};
}

Result<void> Maildir::markSeen(const std::string& name) const {
    const Result<void> taken = takeFromNew(name);
    if (taken) return syncFolder(m_root / "cur");
    if (taken.error().kind != ErrorKind::NotFound) return taken;
    TRY(const fs::path found, findInCur(m_root, name));
    const std::string current = found.filename().string();
    const std::size_t info = current.find(kInfo);
    std::string flags = info == std::string::npos ? "" : current.substr(info + kInfo.size());
    if (flags.find('S') != std::string::npos) return {};
    flags.insert(std::upper_bound(flags.begin(), flags.end(), 'S'), 'S');  // maildir(5): in ASCII order
    const fs::path marked = m_root / "cur" / (std::string(baseOf(name)) + std::string(kInfo) + flags);
    if (::rename(found.c_str(), marked.c_str()) != 0) return ioError(found);
    return syncFolder(m_root / "cur");
}

Result<std::string> Maildir::deliver(std::string_view message, Random& random) const {
    const std::string name = random.token(18) + ".mailca";
    const fs::path temporary = m_root / "tmp" / name;
    if (auto written = writeSynced(temporary, message); !written) {
        ::unlink(temporary.c_str());
        return std::move(written).error();
    }
    if (::rename(temporary.c_str(), (m_root / "new" / name).c_str()) != 0) return ioError(temporary);
    TRY_VOID(syncFolder(m_root / "new"));
    return name;
}

Result<void> Maildir::keepNote(const std::string& name, std::string_view text) const {
    TRY_VOID(checkName(name));
    const fs::path temporary = m_root / "tmp" / name;
    ::unlink(temporary.c_str());  // of a process that was killed
    TRY_VOID(writeSynced(temporary, text));
    if (::rename(temporary.c_str(), (m_root / name).c_str()) != 0) return ioError(temporary);
    return syncFolder(m_root);
}

Result<std::string> Maildir::note(const std::string& name) const {
    TRY_VOID(checkName(name));
    Result<std::string> text = readRegular(m_root / name);
    if (!text && text.error().kind == ErrorKind::NotFound) return std::string();
    return text;
}

Result<std::vector<std::string>> MaildirInbox::find(Time since, std::string_view) {
    std::vector<Entry> all;
    for (const char* folder : {"cur", "new"}) {
        TRY(std::vector<Entry> entries, entriesOf(m_maildir.m_root / folder));
        std::move(entries.begin(), entries.end(), std::back_inserter(all));
    }
    std::sort(all.begin(), all.end());
    std::vector<std::string> ids;
    for (const Entry& entry : all) {
        if (entry.modified >= toUnix(since)) ids.emplace_back(baseOf(entry.name));
    }
    return ids;
}

}  // namespace mailca::mail
