#include "core/interrupt.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <future>

namespace mailca {
namespace {

using namespace std::chrono_literals;

class InterruptTest : public testing::Test {
 protected:
    InterruptTest() {
        int ends[2] = {-1, -1};
        if (::pipe(ends) == 0) m_out = Descriptor(ends[0]), m_in = Descriptor(ends[1]);
    }
    Descriptor m_out, m_in;
    Interrupt m_interrupt;
};

TEST_F(InterruptTest, TellsWhatIsReady) {
    EXPECT_FALSE(m_interrupt.awaits(m_out.get(), POLLIN, 0ms));
    EXPECT_FALSE(m_interrupt.awaits(m_out.get(), POLLIN, -5ms)) << "a time that is over already";
    ASSERT_TRUE(writeAll(m_in, asBytes("x")));
    EXPECT_TRUE(m_interrupt.awaits(m_out.get(), POLLIN, 60s));
    EXPECT_FALSE(m_interrupt.awaits(-1, POLLIN, 0ms));
}

TEST_F(InterruptTest, CutsEveryWaitShortForGood) {
    auto one = std::async(std::launch::async, [&] { return m_interrupt.awaits(m_out.get(), POLLIN, 3600s); });
    auto other = std::async(std::launch::async, [&] { return m_interrupt.awaits(-1, 0, 3600s); });
    EXPECT_FALSE(m_interrupt.isSet());
    m_interrupt.set();
    EXPECT_FALSE(one.get());
    EXPECT_FALSE(other.get());
    EXPECT_TRUE(m_interrupt.isSet());
    ASSERT_TRUE(writeAll(m_in, asBytes("x")));
    EXPECT_FALSE(m_interrupt.awaits(m_out.get(), POLLIN, 3600s)) << "whatever is ready";
    m_interrupt.set();
    EXPECT_TRUE(m_interrupt.isSet());
}

}  // namespace
}  // namespace mailca
