// Threads that the daemon owns for the rooms' workers: each calls one turn after another until stopped.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"

namespace mailca::daemon {

class Workers {
 public:
    Workers() = default;
    ~Workers() { stop(); }
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    // `turn` does one piece of work or waits a bounded time for some. What it fails with or throws is logged, and the
    // next turn comes after a pause.
    void add(std::string name, std::function<Result<void>()> turn);
    // Ends the loops after their present turn. `wake` is called once, to cut waits short.
    void stop(const std::function<void()>& wake = [] {});

 private:
    void run(const std::string& name, const std::function<Result<void>()>& turn);
    void pause(std::chrono::milliseconds howLong);

    std::atomic<bool> m_stopping{false};
    std::mutex m_mutex;
    std::condition_variable m_stopped;
    std::vector<std::thread> m_threads;
};

}  // namespace mailca::daemon
