#include "daemon/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>

namespace mailca::daemon {
namespace {

TEST(Workers, TakeTurnsUntilStopped) {
    std::atomic<int> turns{0};
    auto held = std::make_shared<std::atomic<int>*>(&turns);  // by the worker, as long as it may take a turn
    const std::weak_ptr watch = held;
    Workers workers;
    workers.add("counter", [held = std::move(held)]() -> Result<void> {
        ++**held;
        return {};
    });
    while (turns < 100) std::this_thread::yield();
    EXPECT_FALSE(watch.expired());
    workers.stop();
    EXPECT_TRUE(watch.expired()) << "stop() returned, and a worker is still there to take another turn";
}

// A third turn comes only when neither the failure of the first nor the exception of the second ended the thread.
TEST(Workers, SurviveFailuresAndExceptions) {
    std::atomic<int> turns{0};
    Workers workers;
    workers.add("trouble", [&]() -> Result<void> {
        if (++turns == 1) return fail(ErrorKind::Io, "the first turn fails");
        if (turns == 2) throw std::runtime_error("the second throws");
        return {};
    });
    while (turns < 3) std::this_thread::yield();
    workers.stop();
    EXPECT_GE(turns, 3);
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
