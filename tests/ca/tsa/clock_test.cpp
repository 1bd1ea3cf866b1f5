// Standards E12, E21, E22: a clock that is not kept in step gives no time.
#include "ca/tsa/clock.h"

#include <gtest/gtest.h>

namespace mailca::ca::tsa {
namespace {

using namespace std::chrono_literals;

KernelTime inStep() {
    return {Instant(1795435200500ms), true, false, 20ms};
}

TEST(KernelTime, IsBelievedWithinTheTolerance) {
    EXPECT_EQ(*judge(inStep(), 20ms), inStep().time);
    const struct {
        void (*change)(KernelTime&);
        std::string says;
    } rows[] = {{[](KernelTime& k) { k.synchronised = false; }, "chrony"},
                {[](KernelTime& k) { k.leapSecond = true; }, "leap second"},
                {[](KernelTime& k) { k.maxError = 21ms; }, "21 ms off, more than the tolerance of 20 ms"}};
    for (const auto& row : rows) {
        KernelTime kernel = inStep();
        row.change(kernel);
        const auto judged = judge(kernel, 20ms);
        ASSERT_FALSE(judged);
        EXPECT_EQ(judged.error().kind, ErrorKind::Unavailable);
        EXPECT_NE(judged.error().detail.find(row.says), std::string::npos) << judged.error().detail;
    }
}

TEST(KernelTime, IsTheSystemsTime) {
    const auto kernel = readKernelTime();
    ASSERT_TRUE(kernel);
    const auto difference = std::chrono::system_clock::now() - kernel->time;
    EXPECT_TRUE(difference > -1min && difference < 1min);
    EXPECT_GE(kernel->maxError, 0ms);
    EXPECT_EQ(KernelClock(1000ms).now().has_value(), judge(*kernel, 1000ms).has_value());
}

TEST(UncheckedClock, IsBelievedAlways) {
    EXPECT_TRUE(UncheckedClock().now());
}

}  // namespace
}  // namespace mailca::ca::tsa
