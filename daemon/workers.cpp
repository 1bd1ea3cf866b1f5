#include "daemon/workers.h"

#include <exception>

#include "core/log.h"

namespace mailca::daemon {
namespace {

constexpr std::chrono::milliseconds kPauseAfterFailure{1000};

}  // namespace

void Workers::add(std::string name, std::function<Result<void>()> turn) {
    m_threads.emplace_back([this, name = std::move(name), turn = std::move(turn)] { run(name, turn); });
}

void Workers::run(const std::string& name, const std::function<Result<void>()>& turn) {
    while (!m_stopping) {
        std::string trouble;
        try {
            const Result<void> done = turn();
            if (!done) trouble = done.error().text();
        } catch (const std::exception& broken) {
            trouble = broken.what();
        }
        if (trouble.empty()) continue;
        log::error("worker.failed", {{"worker", name}, {"why", trouble}});
        pause(kPauseAfterFailure);
    }
}

void Workers::pause(std::chrono::milliseconds howLong) {
    std::unique_lock lock(m_mutex);
    m_stopped.wait_for(lock, howLong, [this] { return m_stopping.load(); });
}

void Workers::stop(const std::function<void()>& wake) {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_stopped.notify_all();
    wake();
    for (std::thread& thread : m_threads) thread.join();
    m_threads.clear();
}

}  // namespace mailca::daemon
