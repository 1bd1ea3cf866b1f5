#include "enroll/intake/new_mail_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "core/log.h"

namespace mailca::intake {
namespace {

constexpr std::chrono::milliseconds kPolling{250};

Descriptor watch(const std::filesystem::path& directory) {
    Descriptor files(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    // A mail arrives whole, by rename or link from tmp/ (maildir(5)).
    const bool watched =
        files && ::inotify_add_watch(files.get(), directory.c_str(), IN_MOVED_TO | IN_CREATE | IN_CLOSE_WRITE) >= 0;
    return watched ? std::move(files) : Descriptor();
}

}  // namespace

NewMailWatch::NewMailWatch(const std::filesystem::path& directory) : m_files(watch(directory)) {
    if (!m_files) log::warning("intake.polling", {{"directory", directory.string()}});
}

void NewMailWatch::wait(std::chrono::milliseconds atMost) {
    const auto limit = !m_files ? std::min(atMost, kPolling) : atMost;
    if (!m_interrupt.awaits(m_files.get(), POLLIN, limit)) return;
    alignas(::inotify_event) std::array<char, 4096> events{};
    while (::read(m_files.get(), events.data(), events.size()) > 0) {
    }
}

void NewMailWatch::interrupt() {
    m_interrupt.set();
}

}  // namespace mailca::intake
