// Waits for files in a directory: by inotify(7), or by the caller's polling where the kernel has no watch to give.
#pragma once

#include <chrono>
#include <filesystem>

#include "core/descriptor.h"
#include "core/interrupt.h"

namespace mailca::intake {

class NewMailWatch {
 public:
    explicit NewMailWatch(const std::filesystem::path& directory);

    // Returns when a file has come since the last wait began, when interrupt() was called, or when the time ran out;
    // too early at times, so look and wait again. Thread-safe.
    void wait(std::chrono::milliseconds atMost);
    void interrupt();  // for good

 private:
    Descriptor m_files;  // inotify; none where the kernel has none to give
    Interrupt m_interrupt;
};

}  // namespace mailca::intake
