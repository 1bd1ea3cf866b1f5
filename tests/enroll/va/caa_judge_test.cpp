#include <gtest/gtest.h>

#include "enroll/va/caa.h"
#include "enroll/va/caa_value.h"
#include "tests/support/fake_clock.h"

namespace mailca::va {
namespace {

using dns::CaaRecord;

const Time kNow = test::FakeClock().now();

Result<CaaPermission> judge(const std::vector<CaaRecord>& set) {
    return CaaJudge::judge("example.org", set, {"ca.example", "Other-Name.example"}, kNow, 60s);
}

struct Case {
    std::string name;
    std::vector<CaaRecord> set;
    bool permitted;
};

class Sets : public testing::TestWithParam<Case> {};

TEST_P(Sets, AreJudged) {
    const auto permission = judge(GetParam().set);
    EXPECT_EQ(permission.has_value(), GetParam().permitted);
    if (!permission) {
        EXPECT_EQ(permission.error().kind, ErrorKind::Caa);
        EXPECT_NE(permission.error().detail.find("example.org"), std::string::npos) << "C27: names the domain";
    }
}

CaaRecord mailOnly(std::string value, std::uint8_t flags = 0) {
    return {flags, "issuemail", std::move(value)};
}

INSTANTIATE_TEST_SUITE_P(
    Caa, Sets,
    testing::Values(
        Case{"C17_no_set", {}, true}, Case{"C17_issue_is_irrelevant", {{0, "issue", "other.example"}}, true},
        Case{"C17_issuewild_is_irrelevant", {{0, "issuewild", ";"}}, true},
        Case{"C17_critical_issue_is_known", {{128, "issue", "other.example"}}, true},
        Case{"C23_iodef", {{128, "iodef", "mailto:a@example.org"}}, true},
        Case{"C18_ours", {mailOnly("ca.example")}, true}, Case{"C18_ours_in_capitals", {mailOnly("CA.EXAMPLE")}, true},
        Case{"C18_our_second_name", {mailOnly("other-name.example")}, true},
        Case{"C18_another", {mailOnly("other.example")}, false},
        Case{"C18_one_of_two", {mailOnly("other.example"), mailOnly("ca.example")}, true},
        Case{"C18_no_suffix_match", {mailOnly("sub.ca.example")}, false},
        Case{"C29_duplicates", {mailOnly("ca.example"), mailOnly("ca.example")}, true},
        Case{"C19_bad_value_grants_nobody", {mailOnly("ca.example foo")}, false},
        Case{"C19_others_still_count", {mailOnly("%%%"), mailOnly("ca.example")}, true},
        Case{"C19_trailing_dot", {mailOnly("ca.example.")}, false}, Case{"C20_semicolon", {mailOnly(";")}, false},
        Case{"C20_empty", {mailOnly("")}, false}, Case{"C20_blanks", {mailOnly("  ca.example  ")}, true},
        Case{"C20_parameters", {mailOnly("ca.example ; policy=ev; x = y")}, true},
        Case{"C20_parameter_garbage", {mailOnly("ca.example; ==")}, false},
        Case{"C20_semicolon_at_end", {mailOnly("ca.example; a=b;")}, false},
        Case{"C21_critical_unknown", {{128, "future", "x"}}, false},
        Case{"C21_critical_unknown_beside_ours", {mailOnly("ca.example"), {128, "future", "x"}}, false},
        Case{"C21_other_flag_bits", {{1, "future", "x"}}, true}, Case{"C21_mixed_case", {{0, "IssueMail", ";"}}, false},
        Case{"C21_critical_ours", {mailOnly("ca.example", 128)}, true},
        Case{"C22_our_method", {mailOnly("ca.example; validationmethods=dns-01,email-reply-00")}, true},
        Case{"C22_another_method", {mailOnly("ca.example; validationmethods=http-01")}, false},
        Case{"C22_no_prefix_match", {mailOnly("ca.example; validationmethods=email-reply-001")}, false},
        Case{"C22_an_account", {mailOnly("ca.example; accounturi=https://ca.example/a/1")}, false},
        Case{"C22_another_record_grants",
             {mailOnly("ca.example; accounturi=https://ca.example/a/1"), mailOnly("ca.example")},
             true}),
    [](const auto& param) { return param.param.name; });

TEST(CaaJudge, PermitsForEightHoursOrTheTtlIfThatIsLonger) {  // C24
    EXPECT_EQ(judge({})->goodUntil(), kNow + 8h);
    EXPECT_EQ(CaaJudge::judge("example.org", {}, {}, kNow, 24h)->goodUntil(), kNow + 24h);
}

TEST(CaaValue, KeepsItsParts) {
    const auto grant = parseCaaGrant(" CA.example;\tTag=Value ; b=");
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->issuer, "ca.example");
    ASSERT_EQ(grant->parameters.size(), 2U);
    EXPECT_EQ(grant->parameters[0].tag, "tag");
    EXPECT_EQ(grant->parameters[0].value, "Value");
    EXPECT_EQ(grant->parameters[1].value, "");
}

TEST(CaaValue, IsRefusedOutsideTheGrammar) {  // C19
    for (const std::string_view value : {"-a.example", "a..b", "a_b.example", "a; =v", "a; t", "a; t=v w", "a; t=\x7F",
                                         "a; -t=v", "a; t=v; ;u=w", "ca.ex\xC3\xA4mple"}) {
        EXPECT_FALSE(parseCaaGrant(value)) << value;
    }
}

}  // namespace
}  // namespace mailca::va
