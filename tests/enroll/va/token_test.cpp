#include <gtest/gtest.h>

#include "core/random.h"
#include "enroll/va/email_reply.h"

namespace mailca::va {
namespace {

// A9, which is acmez's vector too: parts of 16 bytes, for which the two readings of "concatenate" differ.
constexpr std::string_view kPart1 = "V4nE8NhYh6edBpfQTg5qqQ";
constexpr std::string_view kPart2 = "x6I65YvEk6xC4KV0QMvdJw";
constexpr std::string_view kThumbprint = "hC4xyXNn8ZDH4yrcp93Zj3qgQs7LyT_GUL45YD7IVMQ";

std::string joinedAsBytes(std::string_view part1, std::string_view part2) {
    Bytes bytes = fromBase64Url(part1).value();
    const Bytes tail = fromBase64Url(part2).value();
    bytes.insert(bytes.end(), tail.begin(), tail.end());
    return toBase64Url(bytes);
}

TEST(ExpectedDigest, JoinsStringsAsTheVectorOfAcme4jFamilyDoes) {
    EXPECT_EQ(expectedDigest(kPart1, kPart2, kThumbprint), "gtzugYfQ1gO_Pi-ripWZTUtKP_xzPoQe-brDkSOvX5c");
}

TEST(ExpectedDigest, OfBytesJoinedFirstIsTheVectorOfAcmez) {
    EXPECT_EQ(expectedDigest(joinedAsBytes(kPart1, kPart2), "", kThumbprint),
              "Fjt2SD7KoqSt3I6jwgg8ljjkP9Er7h1w0wF0UihvQIU");
}

TEST(ExpectedDigest, IsOneForBothReadingsWithOurLengths) {  // A7, A8
    SystemRandom random;
    for (int i = 0; i < 100; ++i) {
        const std::string part1 = random.token(24);
        const std::string part2 = random.token(24);
        EXPECT_EQ(expectedDigest(part1, part2, kThumbprint),
                  expectedDigest(joinedAsBytes(part1, part2), "", kThumbprint));
    }
}

struct SubjectCase {
    std::string_view subject;
    std::optional<std::string> token;
};

class Subjects : public testing::TestWithParam<SubjectCase> {};

TEST_P(Subjects, GiveTheirToken) {
    EXPECT_EQ(tokenOfSubject(GetParam().subject), GetParam().token);
}

INSTANTIATE_TEST_SUITE_P(A37, Subjects,
                         testing::Values(SubjectCase{"ACME: abc_-9", "abc_-9"}, SubjectCase{"ACME:abc", "abc"},
                                         SubjectCase{"Re: ACME: abc", "abc"}, SubjectCase{"RE: ACME: abc", "abc"},
                                         SubjectCase{"AW: [ext] ACME:  ab c ", "abc"},
                                         SubjectCase{"回复: ACME: abc", "abc"},
                                         SubjectCase{"ACME: ab\tc\r\n d", "abcd"},
                                         SubjectCase{"Fwd: ACME: old Re: ACME: new", "new"},
                                         SubjectCase{"ACME:", std::nullopt}, SubjectCase{"ACME:   ", std::nullopt},
                                         SubjectCase{"acme: abc", std::nullopt}, SubjectCase{"", std::nullopt},
                                         SubjectCase{"ACME: abc=", std::nullopt},
                                         SubjectCase{"ACME: ab+c", std::nullopt}, SubjectCase{"hello", std::nullopt}));

TEST(TokenOfSubject, IsNoTokenWhenItIsLongerThanAnyOfOurs) {
    EXPECT_FALSE(tokenOfSubject("ACME: " + std::string(129, 'a')));
    EXPECT_TRUE(tokenOfSubject("ACME: " + std::string(128, 'a')));
}

}  // namespace
}  // namespace mailca::va
