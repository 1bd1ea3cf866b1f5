#include "tests/disk_shim/shim.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <thread>

#include "tests/disk_shim/kernel.h"

namespace mailca::disk_shim {
namespace {

enum Count : std::size_t { kSyncs, kWrites, kBytes, kCounts };

[[noreturn]] void refuse(const std::string& why) {
    std::fprintf(stderr, "disk_shim: %s\n", why.c_str());
    ::_exit(2);
}

std::string setting(const char* name) {
    const char* const value = ::getenv(name);
    return value == nullptr ? "" : value;
}

unsigned number(const char* name) {
    const std::string text = setting(name);
    char* end = nullptr;
    const unsigned long value = std::strtoul(text.c_str(), &end, 10);
    if (*end != '\0') refuse(std::string(name) + " is no number: " + text);
    return static_cast<unsigned>(value);
}

std::string canonical(const std::string& path) {
    std::array<char, PATH_MAX> resolved;
    if (path.empty() || ::realpath(path.c_str(), resolved.data()) == nullptr) return {};
    return resolved.data();
}

std::string root() {
    const std::string asked = setting("DISK_SHIM_ROOT");
    const std::string found = canonical(asked);
    if (!asked.empty() && found.empty()) refuse("DISK_SHIM_ROOT is no folder: " + asked);
    return found;
}

std::string pathOf(int descriptor) {
    std::array<char, PATH_MAX> target;
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
    const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
    return length < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

// Where files wait that may have to come back; emptied of what a killed process left. By no call that is wrapped: those
// wait for the shim to stand.
std::string keepFolder(const std::string& root, bool canCut) {
    const std::string folder = root + "/.disk_shim";
    if (!canCut) return folder;
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) refuse("cannot make " + folder);
    DIR* const left = ::opendir(folder.c_str());
    while (const dirent* const file = ::readdir(left)) {
        if (file->d_type == DT_REG) kernel::unlinkAt(::dirfd(left), file->d_name, 0);
    }
    ::closedir(left);
    return folder;
}

std::uint64_t* mapCounts(const std::string& path) {
    static_assert(std::endian::native == std::endian::little);
    if (path.empty()) return nullptr;
    const int file = kernel::openAt(AT_FDCWD, path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    constexpr std::size_t kSize = kCounts * sizeof(std::uint64_t);
    if (file < 0 || kernel::truncate(file, kSize) != 0) refuse("cannot write DISK_SHIM_COUNTS: " + path);
    void* const mapped = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) refuse("cannot map DISK_SHIM_COUNTS: " + path);
    kernel::close(file);
    return static_cast<std::uint64_t*>(mapped);
}

// Whether all its threads have stopped (proc(5): the state follows the name in brackets).
bool standsStill(pid_t process) {
    for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
        std::ifstream file(thread.path() / "stat");
        std::string line;
        std::getline(file, line);
        const std::size_t name = line.rfind(')');
        if (name == std::string::npos || line.substr(name, 3) != ") T") return false;
    }
    return true;
}

}  // namespace

Shim& Shim::instance() {
    static Shim& shim = *new Shim;  // threads may call until the very end of the process
    return shim;
}

Shim::Shim()
    : m_root(root()),
      m_control(m_root.empty() ? "" : setting("DISK_SHIM_CONTROL")),
      m_slowSyncMilliseconds(number("DISK_SHIM_SLOW_SYNC_MS")),
      m_ignoreSyncs(setting("DISK_SHIM_IGNORE_SYNC") == "1"),
      m_counts(mapCounts(setting("DISK_SHIM_COUNTS"))),
      m_names(keepFolder(m_root, !m_control.empty())) {
    pthread_rwlockattr_t attributes;
    ::pthread_rwlockattr_init(&attributes);
    // A cut must not wait for a moment when nobody writes.
    ::pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    ::pthread_rwlock_init(&m_power, &attributes);
    ::pthread_rwlockattr_destroy(&attributes);
    if (canCut()) startControl();
}

// -shm files are SQLite's shared memory: no power cut leaves anything of them that the next start would read.
bool Shim::isOurs(const std::string& path) const {
    return !m_root.empty() && path.size() > m_root.size() && path.starts_with(m_root) && path[m_root.size()] == '/' &&
           !path.ends_with("-shm");
}

std::optional<std::string> Shim::ours(int folder, const char* path) const {
    if (m_root.empty()) return std::nullopt;
    std::filesystem::path whole(path);
    if (whole.is_relative() && folder != AT_FDCWD) whole = pathOf(folder) / whole;
    const std::string parent = whole.has_parent_path() ? whole.parent_path().string() : ".";
    std::string found = canonical(parent) + "/" + whole.filename().string();
    if (!isOurs(found)) return std::nullopt;
    return found;
}

bool Shim::isBelowRoot(int descriptor) const {
    const std::string path = pathOf(descriptor);
    return isOurs(path) || (!m_root.empty() && path == m_root);
}

void Shim::opened(int descriptor) {
    struct ::stat facts = {};
    if (m_root.empty() || ::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) return;
    if (!isBelowRoot(descriptor)) return;
    if (static_cast<std::size_t>(descriptor) >= kDescriptors) refuse("too many open files");
    const FileId id{facts.st_dev, facts.st_ino};
    const std::lock_guard lock(m_mutex);
    Content& content = m_contents.try_emplace(id, id).first->second;
    if (canCut() && !content.attached()) content.attach(descriptor);
    ++content.openDescriptors;
    m_byDescriptor[static_cast<std::size_t>(descriptor)] = &content;
}

void Shim::closing(int descriptor) {
    if (descriptor < 0 || static_cast<std::size_t>(descriptor) >= kDescriptors) return;
    Content* const content = m_byDescriptor[static_cast<std::size_t>(descriptor)].exchange(nullptr);
    if (content == nullptr) return;
    const std::lock_guard lock(m_mutex);
    if (--content->openDescriptors == 0 && content->attached() && content->synced()) content->detach();
}

Content* Shim::contentOf(int descriptor) {
    if (descriptor < 0 || static_cast<std::size_t>(descriptor) >= kDescriptors) return nullptr;
    Content* const content = m_byDescriptor[static_cast<std::size_t>(descriptor)];
    if (content == nullptr) return nullptr;
    struct ::stat facts = {};
    if (::fstat(descriptor, &facts) == 0 && FileId{facts.st_dev, facts.st_ino} == content->id()) return content;
    closing(descriptor);  // closed behind our back, by fclose(3) for one, and taken by another file since
    return nullptr;
}

Content* Shim::contentOf(FileId file) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_contents.find(file);
    return found == m_contents.end() ? nullptr : &found->second;
}

void Shim::countWrite(std::size_t bytes) {
    if (m_counts == nullptr) return;
    std::atomic_ref(m_counts[kWrites]).fetch_add(1);
    std::atomic_ref(m_counts[kBytes]).fetch_add(bytes);
}

void Shim::countSync() {
    if (m_counts != nullptr) std::atomic_ref(m_counts[kSyncs]).fetch_add(1);
}

void Shim::waitBeforeSync() {
    std::this_thread::sleep_for(std::chrono::milliseconds(m_slowSyncMilliseconds));
    std::unique_lock lock(m_mutex);
    m_released.wait(lock, [&] { return !m_held; });
}

void Shim::hold(bool held) {
    const std::lock_guard lock(m_mutex);
    m_held = held;
    m_released.notify_all();
}

void Shim::startControl() {
    const int fifo = kernel::openAt(AT_FDCWD, m_control.c_str(), O_RDWR | O_CLOEXEC, 0);  // O_RDWR: never at its end
    if (fifo < 0) refuse("cannot open DISK_SHIM_CONTROL: " + m_control);
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are the program's, not this thread's
    std::thread([this, fifo] { obey(fifo); }).detach();
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Shim::obey(int fifo) {
    std::string line;
    char letter = 0;
    while (::read(fifo, &letter, 1) == 1) {
        if (letter != '\n') {
            line += letter;
            continue;
        }
        if (line == "cut") cutPower();
        if (line != "hold" && line != "release") refuse("DISK_SHIM_CONTROL knows cut, hold and release, not: " + line);
        hold(line == "hold");
        line.clear();
    }
    refuse("DISK_SHIM_CONTROL cannot be read");
}

// A child undoes, while the process stands still: it must not read, and tell anybody, what is half undone.
void Shim::cutPower() {
    ::pthread_rwlock_wrlock(&m_power);  // for good
    const std::lock_guard lock(m_mutex);
    const pid_t process = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) refuse("cannot fork to cut the power");
    while (child > 0) ::pause();
    ::kill(process, SIGSTOP);
    while (!standsStill(process)) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    for (const auto& [id, content] : m_contents) {
        if (content.attached()) content.undo();
    }
    m_names.undo();
    ::kill(process, SIGKILL);
    ::_exit(0);
}

}  // namespace mailca::disk_shim
