#include <gtest/gtest.h>

#include <functional>

#include "tests/enroll/support/replies.h"
#include "tests/support/fake_clock.h"

namespace mailca::va {
namespace {

using mail::DkimResult;
using mail::DkimVerdict;
using test::kDigest;
using test::ReplyText;

const std::vector<std::string> kStrictList{"from",       "sender",     "reply-to",     "to",
                                           "cc",         "subject",    "date",         "in-reply-to",
                                           "references", "message-id", "content-type", "content-transfer-encoding"};
const std::vector<std::string> kCompatibleList{"from", "to", "subject", "date", "message-id", "in-reply-to"};

DkimResult passing(std::vector<std::string> headers = kStrictList, std::string domain = "example.org") {
    DkimResult result;
    result.verdict = DkimVerdict::Pass;
    result.domain = std::move(domain);
    result.signedHeaders = std::move(headers);
    return result;
}

DkimResult with(DkimVerdict verdict, std::string domain = "example.org") {
    DkimResult result = passing(kStrictList, std::move(domain));
    result.verdict = verdict;
    result.reason = "its reason";
    return result;
}

std::vector<std::string> without(std::vector<std::string> list, const std::string& name) {
    std::erase(list, name);
    return list;
}

const Time kNow = test::FakeClock().now();

Expected expectation() {
    return {
        test::mailbox("alice@example.org"), test::mailbox("acme@ca.example"), "1@ca.example", kDigest, kNow + 1h, true};
}

Judgement judge(const ReplyText& reply, const std::vector<DkimResult>& dkim = {passing()},
                const std::optional<Expected>& expected = expectation(), DkimMode mode = DkimMode::Compatible) {
    return judgeReply(reply.message(), dkim, expected, mode, kNow);
}

template <typename Outcome>
::testing::AssertionResult is(const Judgement& judgement) {
    if (std::holds_alternative<Outcome>(judgement)) return ::testing::AssertionSuccess();
    if (const auto* rejected = std::get_if<Rejected>(&judgement)) {
        return ::testing::AssertionFailure() << "rejected: " << rejected->reason;
    }
    return ::testing::AssertionFailure() << "alternative " << judgement.index();
}

TEST(JudgeReply, ProvesWithEverythingInOrder) {
    const Judgement judgement = judge({});
    ASSERT_TRUE(is<Proven>(judgement));
    EXPECT_EQ(std::get<Proven>(judgement).method, DkimMode::Strict);
}

struct Change {
    std::string name;
    std::function<void(ReplyText&)> apply;
};

class Accepted : public testing::TestWithParam<Change> {};

TEST_P(Accepted, Proves) {
    ReplyText reply;
    GetParam().apply(reply);
    EXPECT_TRUE(is<Proven>(judge(reply)));
}

INSTANTIATE_TEST_SUITE_P(
    Replies, Accepted,
    testing::Values(Change{"A37_prefix", [](ReplyText& r) { r.set("Subject", "AW: ACME: " + test::kToken); }},
                    Change{"A38_display_name", [](ReplyText& r) { r.set("From", "\"A, B\" <alice@EXAMPLE.org>"); }},
                    Change{"A39_several_to", [](ReplyText& r) { r.set("To", "bob@example.net, <acme@ca.example>"); }},
                    Change{"A39_cc_ignored", [](ReplyText& r) { r.add("Cc", "bob@example.net"); }},
                    Change{"A40_no_in_reply_to", [](ReplyText& r) { r.remove("In-Reply-To"); }},
                    Change{"A40_other_in_reply_to", [](ReplyText& r) { r.set("In-Reply-To", "<other@example.net>"); }},
                    Change{"A42_text_plain", [](ReplyText& r) { r.add("Content-Type", "text/plain; charset=utf-8"); }},
                    Change{"A42_alternative",
                           [](ReplyText& r) {
                               r.add("MIME-Version", "1.0").add("Content-Type", "multipart/alternative; boundary=b");
                               r.body = "--b\nContent-Type: text/plain\n\n" + test::block() +
                                        "\n--b\nContent-Type: text/html\n\n<p>hello</p>\n--b--\n";
                           }},
                    Change{"A44_quoted_printable",
                           [](ReplyText& r) {
                               r.add("MIME-Version", "1.0").add("Content-Transfer-Encoding", "quoted-printable");
                               r.body = test::block(kDigest.substr(0, 20) + "=\n" + kDigest.substr(20));
                           }},
                    Change{"A44_base64",
                           [](ReplyText& r) {
                               r.add("MIME-Version", "1.0").add("Content-Transfer-Encoding", "base64");
                               r.body = toBase64(asBytes(test::block())) + "\n";
                           }},
                    Change{"A46_auto_submitted", [](ReplyText& r) { r.add("Auto-Submitted", "auto-replied"); }},
                    Change{"A46_return_path", [](ReplyText& r) { r.add("Return-Path", "<alice@example.org>"); }},
                    Change{"A34_forged_results",
                           [](ReplyText& r) {
                               r.add("Authentication-Results", "mx.example; dkim=fail header.d=example.org");
                           }}),
    [](const auto& param) { return param.param.name; });

class Refused : public testing::TestWithParam<Change> {};

TEST_P(Refused, ChangesNothing) {
    ReplyText reply;
    GetParam().apply(reply);
    EXPECT_TRUE(is<Rejected>(judge(reply)));
}

INSTANTIATE_TEST_SUITE_P(
    Replies, Refused,
    testing::Values(
        Change{"J9_two_from", [](ReplyText& r) { r.add("From", "mallory@example.net"); }},
        Change{"J9_two_to", [](ReplyText& r) { r.add("To", "acme@ca.example"); }},
        Change{"J9_two_subjects", [](ReplyText& r) { r.add("Subject", "ACME: other"); }},
        Change{"J9_two_dates", [](ReplyText& r) { r.add("Date", "Mon, 23 Nov 2026 12:00:01 +0000"); }},
        Change{"J9_two_message_ids", [](ReplyText& r) { r.add("Message-ID", "<3@example.org>"); }},
        Change{"A38_two_addresses", [](ReplyText& r) { r.set("From", "alice@example.org, bob@example.org"); }},
        Change{"A38_foreign", [](ReplyText& r) { r.set("From", "bob@example.org"); }},
        Change{"A38_case_of_local_part", [](ReplyText& r) { r.set("From", "Alice@example.org"); }},
        Change{"A38_no_from", [](ReplyText& r) { r.remove("From"); }},
        Change{"A38_address_in_name", [](ReplyText& r) { r.set("From", "\"alice@example.org\" <m@example.net>"); }},
        Change{"A39_to_somebody", [](ReplyText& r) { r.set("To", "bob@example.net"); }},
        Change{"A39_only_cc", [](ReplyText& r) { r.set("To", "bob@example.net").add("Cc", "acme@ca.example"); }},
        Change{"A41_list", [](ReplyText& r) { r.add("List-Id", "<list.example.org>"); }},
        Change{"A41_any_list_field", [](ReplyText& r) { r.add("list-anything", "x"); }},
        Change{"A42_html", [](ReplyText& r) { r.add("MIME-Version", "1.0").add("Content-Type", "text/html"); }},
        Change{"A42_mixed",
               [](ReplyText& r) {
                   r.add("MIME-Version", "1.0").add("Content-Type", "multipart/mixed; boundary=b");
                   r.body = "--b\nContent-Type: text/plain\n\n" + test::block() + "\n--b--\n";
               }},
        Change{"A43_quoted",
               [](ReplyText& r) {
                   r.body = "> -----BEGIN ACME RESPONSE-----\n> " + kDigest + "\n> -----END ACME RESPONSE-----\n";
               }},
        Change{"A45_two_blocks", [](ReplyText& r) { r.body = test::block() + test::block(); }},
        Change{"A46_bulk", [](ReplyText& r) { r.add("Precedence", "Bulk"); }},
        Change{"A46_precedence_list", [](ReplyText& r) { r.add("Precedence", "list"); }},
        Change{"A46_null_sender", [](ReplyText& r) { r.add("Return-Path", "<>"); }}),
    [](const auto& param) { return param.param.name; });

TEST(JudgeReply, RefusesWithoutAnyChallenge) {
    EXPECT_TRUE(is<Rejected>(judge({}, {passing()}, std::nullopt)));
}

TEST(JudgeReply, RefusesAnEndedChallenge) {  // A18
    Expected ended = expectation();
    ended.open = false;
    EXPECT_TRUE(is<Rejected>(judge({}, {passing()}, ended)));
}

TEST(JudgeReply, RefusesALateReply) {  // A17
    Expected late = expectation();
    late.expires = kNow - 1s;
    EXPECT_TRUE(is<Rejected>(judge({}, {passing()}, late)));
}

TEST(JudgeReply, CountsAnAuthenticatedWrongDigest) {  // A20
    Expected other = expectation();
    other.digest = std::string(43, 'A');
    EXPECT_TRUE(is<WrongAnswer>(judge({}, {passing()}, other)));
    EXPECT_TRUE(is<Rejected>(judge({}, {}, other))) << "unauthenticated: not even counted (A19)";
}

TEST(JudgeReply, WantsASignatureOfTheFromDomainItself) {  // A33
    EXPECT_TRUE(is<Rejected>(judge({}, {})));
    EXPECT_TRUE(is<Rejected>(judge({}, {passing(kStrictList, "mail.example.org")})));
    EXPECT_TRUE(is<Rejected>(judge({}, {passing(kStrictList, "org")})));
    EXPECT_TRUE(is<Rejected>(judge({}, {with(DkimVerdict::Fail)})));
}

TEST(JudgeReply, TakesAnyOneGoodSignature) {  // A34
    const Judgement judgement = judge({}, {with(DkimVerdict::Fail), passing(kStrictList, "relay.example"), passing()});
    ASSERT_TRUE(is<Proven>(judgement));
    EXPECT_EQ(std::get<Proven>(judgement).signature, 2U);
}

TEST(JudgeReply, TriesLaterWhenOnlyDnsStoodInTheWay) {  // A20
    EXPECT_TRUE(is<TryLater>(judge({}, {with(DkimVerdict::TempFail)})));
    EXPECT_TRUE(is<Proven>(judge({}, {with(DkimVerdict::TempFail), passing()})));
    EXPECT_TRUE(is<Rejected>(judge({}, {with(DkimVerdict::TempFail, "relay.example")})));
    EXPECT_TRUE(is<Rejected>(judge(ReplyText{}.set("From", "bob@example.org"), {with(DkimVerdict::TempFail)})));
    ReplyText wrong;
    wrong.body = test::block(std::string(43, 'A'));
    EXPECT_TRUE(is<Rejected>(judge(wrong, {with(DkimVerdict::TempFail)}))) << "unauthenticated and wrong (A19)";
}

TEST(JudgeReply, InCompatibleModeWantsWhatIsThereToBeCovered) {  // A35
    const Judgement judgement = judge({}, {passing(kCompatibleList)});
    ASSERT_TRUE(is<Proven>(judgement));
    EXPECT_EQ(std::get<Proven>(judgement).method, DkimMode::Compatible);  // A36
    for (const std::string& name : kCompatibleList) {
        EXPECT_TRUE(is<Rejected>(judge({}, {passing(without(kCompatibleList, name))}))) << name;
    }
    EXPECT_TRUE(is<Rejected>(judge(ReplyText{}.add("Cc", "b@example.net"), {passing(kCompatibleList)})));
    EXPECT_TRUE(is<Rejected>(judge(ReplyText{}.remove("Date"), {passing(without(kCompatibleList, "date"))})))
        << "Date always, there or not";
    const ReplyText twice = ReplyText{}.add("In-Reply-To", "<3@example.org>");
    EXPECT_TRUE(is<Rejected>(judge(twice, {passing(kCompatibleList)}))) << "all instances";
}

TEST(JudgeReply, InStrictModeWantsTheWholeList) {  // A33, A35
    EXPECT_TRUE(is<Proven>(judge({}, {passing()}, expectation(), DkimMode::Strict)));
    for (const std::string& name : kStrictList) {
        EXPECT_TRUE(is<Rejected>(judge({}, {passing(without(kStrictList, name))}, expectation(), DkimMode::Strict)))
            << name;
    }
}

TEST(JudgeReply, RecordsStrictWhicheverSignatureReachesIt) {  // A36
    const Judgement judgement = judge({}, {passing(kCompatibleList), passing()});
    ASSERT_TRUE(is<Proven>(judgement));
    EXPECT_EQ(std::get<Proven>(judgement).method, DkimMode::Strict);
    EXPECT_EQ(std::get<Proven>(judgement).signature, 1U);
}

}  // namespace
}  // namespace mailca::va
