#include "core/clock.h"

#include <gtest/gtest.h>

namespace mailca {
namespace {

struct Case {
    const char* text;
    std::int64_t unix;
};

class GoodDate : public testing::TestWithParam<Case> {};
// Seconds from `date -u -d <text> +%s`.
INSTANTIATE_TEST_SUITE_P(
    Rfc3339, GoodDate,
    testing::Values(Case{"1970-01-01T00:00:00Z", 0}, Case{"2026-11-23T18:42:00Z", 1795459320},
                    Case{"2026-11-23t18:42:00z", 1795459320}, Case{"2026-11-23 18:42:00Z", 1795459320},
                    Case{"2026-11-23T18:42:00.999999Z", 1795459320}, Case{"2026-11-23T19:42:00+01:00", 1795459320},
                    Case{"2026-11-23T13:12:00-05:30", 1795459320}, Case{"2024-02-29T12:00:00Z", 1709208000},
                    Case{"2016-12-31T23:59:60Z", 1483228800},  // a leap second
                    Case{"2038-01-19T03:14:08Z", 2147483648}, Case{"1969-12-31T23:59:59Z", -1},
                    Case{"9999-12-31T23:59:59Z", 253402300799}));

TEST_P(GoodDate, IsParsed) {
    const auto parsed = parseRfc3339(GetParam().text);
    ASSERT_TRUE(parsed) << GetParam().text;
    EXPECT_EQ(toUnix(*parsed), GetParam().unix) << GetParam().text;
}

TEST(Clock, RefusesWhatIsNoDate) {
    for (const char* text : {"",
                             "2026",
                             "2026-11-23",
                             "2026-11-23T18:42Z",
                             "2026-11-23T18:42:00",
                             "2026-13-01T00:00:00Z",
                             "2026-00-01T00:00:00Z",
                             "2026-02-29T00:00:00Z",
                             "2026-04-31T00:00:00Z",
                             "2026-11-23T24:00:00Z",
                             "2026-11-23T23:60:00Z",
                             "2026-11-23T23:59:61Z",
                             "2026-11-23T18:42:00.Z",
                             "2026-11-23T18:42:00+1:00",
                             "2026-11-23T18:42:00+24:00",
                             "2026-11-23T18:42:00+01:60",
                             "2026-11-23T18:42:00Zz",
                             " 2026-11-23T18:42:00Z",
                             "26-11-23T18:42:00Z",
                             "-026-11-23T18:42:00Z",
                             "2026-+1-23T18:42:00Z",
                             "2026-11-23T1-:42:00Z",
                             "2026-11-23T18:42:00Z\n"}) {
        EXPECT_FALSE(parseRfc3339(text)) << text;
    }
}

TEST(Clock, WritesWhatItReads) {
    for (const char* text : {"1970-01-01T00:00:00Z", "2026-11-23T18:42:00Z", "2050-06-30T01:02:03Z"}) {
        EXPECT_EQ(toRfc3339(parseRfc3339(text).value()), text);
    }
}

TEST(Clock, WritesTheDatesOfHttpAndMail) {  // the example of RFC 9110 section 5.6.7
    EXPECT_EQ(toHttpDate(fromUnix(784111777)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(toMailDate(fromUnix(784111777)), "Sun, 06 Nov 1994 08:49:37 +0000");
}

}  // namespace
}  // namespace mailca
