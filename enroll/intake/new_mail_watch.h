// Waits for files in a directory: by inotify(7), or by the caller's polling where the kernel has no watch to give.
#pragma once

#include <chrono>
#include <filesystem>

namespace mailca::intake {

class NewMailWatch {
 public:
    explicit NewMailWatch(const std::filesystem::path& directory);
    ~NewMailWatch();
    NewMailWatch(const NewMailWatch&) = delete;
    NewMailWatch& operator=(const NewMailWatch&) = delete;

    // Returns when a file has come since the last wait began, when interrupt() was called, or when the time ran out;
    // too early at times, so look and wait again. Thread-safe.
    void wait(std::chrono::milliseconds atMost);
    void interrupt();  // for good

 private:
    int m_files = -1;      // inotify; -1: none to be had
    int m_interrupt = -1;  // eventfd
};

}  // namespace mailca::intake
