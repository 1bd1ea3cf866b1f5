// Whether the daemon can do its work now: what /readyz answers.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"

namespace mailca::daemon {

// Add the checks first, then share it: troubles() is thread-safe.
class Health final {
 public:
    void add(std::string what, std::function<Result<void>()> check);
    // What is in trouble, and why; empty: ready. Whoever asks often gets the answer of up to five seconds ago.
    std::vector<std::pair<std::string, std::string>> troubles();

 private:
    std::vector<std::pair<std::string, std::function<Result<void>()>>> m_checks;
    std::mutex m_mutex;  // guards what follows, and is held while the checks run
    std::vector<std::pair<std::string, std::string>> m_troubles;
    std::optional<std::chrono::steady_clock::time_point> m_looked;
};

}  // namespace mailca::daemon
