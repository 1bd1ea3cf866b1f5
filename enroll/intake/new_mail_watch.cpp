#include "enroll/intake/new_mail_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
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

NewMailWatch::NewMailWatch(const std::filesystem::path& directory)
    : m_files(watch(directory)), m_interrupt(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!m_files) log::warning("intake.polling", {{"directory", directory.string()}});
}

void NewMailWatch::wait(std::chrono::milliseconds atMost) {
    const auto limit = !m_files ? std::min(atMost, kPolling) : atMost;
    std::array<::pollfd, 2> waited{::pollfd{m_files.get(), POLLIN, 0}, ::pollfd{m_interrupt.get(), POLLIN, 0}};
    if (::poll(waited.data(), waited.size(), static_cast<int>(limit.count())) <= 0) return;
    if ((waited[0].revents & POLLIN) == 0) return;
    alignas(::inotify_event) std::array<char, 4096> events{};
    while (::read(m_files.get(), events.data(), events.size()) > 0) {
    }
}

void NewMailWatch::interrupt() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written =
        ::write(m_interrupt.get(), &one, sizeof one);  // only a full counter refuses: it is set
}

}  // namespace mailca::intake
