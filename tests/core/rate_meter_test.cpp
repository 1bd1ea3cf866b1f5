#include "core/rate_meter.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mailca {
namespace {

const Time kNow = fromUnix(1'790'000'000);

bool take(RateMeter& meter, const std::string& key, Rate rate, Time now) {
    if (meter.wait(key, rate, now) > 0s) return false;
    meter.count(key, rate, now);
    return true;
}

TEST(RateMeter, LetsABurstThroughAndThenOneAtATime) {
    RateMeter meter;
    const Rate rate{6, 60s};
    for (int i = 0; i < 6; ++i) EXPECT_TRUE(take(meter, "alice", rate, kNow)) << i;
    EXPECT_EQ(meter.wait("alice", rate, kNow), 10s);
    EXPECT_EQ(meter.wait("bob", rate, kNow), 0s) << "each key has its own";
    EXPECT_FALSE(take(meter, "alice", rate, kNow + 9s));
    EXPECT_TRUE(take(meter, "alice", rate, kNow + 10s));
    EXPECT_FALSE(take(meter, "alice", rate, kNow + 10s));
    for (int i = 0; i < 6; ++i) EXPECT_TRUE(take(meter, "alice", rate, kNow + 200s)) << "the burst is back";
}

// Whatever is asked for and however often: never more than twice the count in any stretch of `per`, and the stated wait
// is enough and not a second too long.
TEST(RateMeter, KeepsItsRateForEveryCount) {
    for (const int count : {1, 7, 60, 3600, 100'000}) {
        const Rate rate{count, 3600s};
        RateMeter meter;
        int taken = 0;
        Time now = kNow;
        for (; now < kNow + 7200s; now += 1s) {
            for (int i = 0; i < 40 && take(meter, "k", rate, now); ++i) ++taken;
        }
        EXPECT_LE(taken, 3 * count) << count;
        EXPECT_GE(taken, std::min(3 * count - 2, 40 * 7200) - count / 3600 - 1) << count;
        const seconds wait = meter.wait("k", rate, now);
        EXPECT_EQ(meter.wait("k", rate, now + wait), 0s) << count;
        EXPECT_EQ(meter.wait("k", rate, now + std::max(wait, 1s) - 1s) > 0s, wait > 0s) << count;
    }
}

// One asker has a multiple of the others' rate for a key that they share.
TEST(RateMeter, AskersOfDifferentRatesShareAKey) {
    RateMeter meter;
    const Rate plain{10, 3600s};
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(take(meter, "k", plain.times(10'000), kNow));
    for (int i = 0; i < 9; ++i) EXPECT_TRUE(take(meter, "k", plain, kNow)) << i;
    EXPECT_LE(meter.wait("k", plain, kNow), 396s);
    EXPECT_TRUE(take(meter, "k", plain.times(10'000), kNow));
}

TEST(RateMeter, AClockThatGoesBackGivesNothingAway) {
    RateMeter meter;
    const Rate rate{1, 60s};
    EXPECT_TRUE(take(meter, "k", rate, kNow));
    EXPECT_EQ(meter.wait("k", rate, kNow - 30s), 90s);
}

TEST(RateMeter, RemembersABoundedNumberOfKeysTheLatest) {
    RateMeter meter(1000);
    const Rate rate{1, 3600s};
    for (int i = 0; i < 10'000; ++i) meter.count(std::to_string(i), rate, kNow);
    EXPECT_LE(meter.size(), 1000u);
    for (int i = 9'501; i < 10'000; ++i) EXPECT_GT(meter.wait(std::to_string(i), rate, kNow), 0s) << i;
}

}  // namespace
}  // namespace mailca
