#include "daemon/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace mailca::daemon {
namespace {

TEST(Workers, TakeTurnsUntilStopped) {
    std::atomic<int> turns{0};
    Workers workers;
    workers.add("counter", [&]() -> Result<void> {
        ++turns;
        return {};
    });
    while (turns < 100) std::this_thread::yield();
    workers.stop();
    const int after = turns;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(turns, after);
}

TEST(Workers, SurviveFailuresAndExceptions) {
    std::atomic<int> turns{0};
    Workers workers;
    workers.add("trouble", [&]() -> Result<void> {
        if (++turns == 1) return fail(ErrorKind::Io, "the first turn fails");
        throw std::runtime_error("the others throw");
    });
    while (turns < 2) std::this_thread::yield();
    workers.stop();
    EXPECT_GE(turns, 2);
}

TEST(Workers, StopWakesThoseWhoWait) {
    std::mutex mutex;
    std::condition_variable bell;
    bool rung = false;
    Workers workers;
    workers.add("sleeper", [&]() -> Result<void> {
        std::unique_lock lock(mutex);
        bell.wait(lock, [&] { return rung; });
        return {};
    });
    workers.stop([&] {
        const std::lock_guard lock(mutex);
        rung = true;
        bell.notify_all();
    });
    SUCCEED() << "stop() returned: the worker that waited was woken";
}

}  // namespace
}  // namespace mailca::daemon
