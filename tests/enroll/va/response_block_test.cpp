#include <gtest/gtest.h>

#include "tests/enroll/support/replies.h"

namespace mailca::va {
namespace {

using test::block;
using test::kDigest;

struct GoodCase {
    std::string name;
    std::string text;
};

class GoodBlocks : public testing::TestWithParam<GoodCase> {};

TEST_P(GoodBlocks, GiveTheDigest) {
    const auto response = responseOf(GetParam().text);
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_EQ(*response, kDigest);
}

const std::string kHead = kDigest.substr(0, 20);
const std::string kTail = kDigest.substr(20);

INSTANTIATE_TEST_SUITE_P(
    A43, GoodBlocks,
    testing::Values(GoodCase{"plain", block()}, GoodCase{"padded_A11", block(kDigest + "=")},
                    GoodCase{"crlf",
                             "-----BEGIN ACME RESPONSE-----\r\n" + kDigest + "\r\n-----END ACME RESPONSE-----\r\n"},
                    GoodCase{"wrapped", block(kHead + "\n" + kTail)},
                    GoodCase{"flowed", block(kHead + " \n  " + kTail + "  ")},
                    GoodCase{"no_break_space", block(kHead + "\xC2\xA0\n" + kTail)},
                    GoodCase{"blank_lines", block("\n" + kDigest + "\n\n")},
                    GoodCase{"text_around", "Hello,\n\n" + block() + "\n-- \nAlice\n"},
                    GoodCase{"blanks_around_marks",
                             "  -----BEGIN ACME RESPONSE-----  \n" + kDigest + "\n -----END ACME RESPONSE----- "},
                    GoodCase{"quoted_elsewhere", block() + "\n> -----BEGIN ACME RESPONSE-----\n> " + kDigest +
                                                     "\n> -----END ACME RESPONSE-----\n"},
                    GoodCase{"end_mark_before", "-----END ACME RESPONSE-----\n" + block()}),
    [](const auto& param) { return param.param.name; });

class BadBlocks : public testing::TestWithParam<GoodCase> {};

TEST_P(BadBlocks, AreRefusedWithAReason) {
    const auto response = responseOf(GetParam().text);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::IncorrectResponse);
    EXPECT_FALSE(response.error().detail.empty());
}

INSTANTIATE_TEST_SUITE_P(
    A45, BadBlocks,
    testing::Values(
        GoodCase{"empty", ""}, GoodCase{"no_block", "yes, it was me\n" + kDigest + "\n"},
        GoodCase{"two_blocks", block() + block()},
        GoodCase{"no_end", "-----BEGIN ACME RESPONSE-----\n" + kDigest + "\n"},
        GoodCase{"quoted_A43", "> -----BEGIN ACME RESPONSE-----\n> " + kDigest + "\n> -----END ACME RESPONSE-----\n"},
        GoodCase{"quoted_data", block("> " + kDigest)}, GoodCase{"two_paddings", block(kDigest + "==")},
        GoodCase{"base64_not_url", block("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ")},
        GoodCase{"short", block(kHead)}, GoodCase{"long", block(kDigest + kDigest)}, GoodCase{"no_data", block("")},
        GoodCase{"stray_bits", block(kDigest.substr(0, 42) + "R")},
        GoodCase{"one_line", "-----BEGIN ACME RESPONSE----- " + kDigest + " -----END ACME RESPONSE-----\n"},
        GoodCase{"other_mark", "-----BEGIN ACME RESPONSE----\n" + kDigest + "\n-----END ACME RESPONSE-----"}),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace mailca::va
