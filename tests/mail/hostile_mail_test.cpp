// A48: what no mail program sends, and what mutation makes of real mails. The promise is an answer, soon, and no crash.
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "mail/dkim_verifier.h"
#include "mail/message.h"
#include "tests/mail/table_resolver.h"
#include "tests/support/fake_clock.h"
#include "tests/support/files.h"

namespace mailca::mail {
namespace {

std::string repeated(const std::string& text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

struct Refusal {
    const char* name;
    std::string raw;
    const char* reason;
};

class RefusedMail : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedMail, IsAParseErrorWithItsReason) {
    const Result<Message> message = Message::parse(GetParam().raw);
    ASSERT_FALSE(message.has_value());
    EXPECT_EQ(message.error().kind, ErrorKind::Parse);
    EXPECT_NE(message.error().detail.find(GetParam().reason), std::string::npos) << message.error().text();
}

std::string nestedMultiparts(int depth) {
    std::string mail = "From: a@example.org\r\n";
    for (int i = 0; i < depth; ++i) {
        const std::string boundary = "b" + std::to_string(i);
        mail += "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n";
    }
    return mail + "\r\nhi\r\n";
}

const std::string kFrom = "From: a@example.org\r\n";

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedMail,
    testing::Values(
        Refusal{"nothing", "", "no headers"}, Refusal{"no_header", "\r\nbody", "no headers"},
        Refusal{"nul_in_header", kFrom + std::string("X: \0y\r\n\r\n", 9), "NUL"},
        Refusal{"nul_in_body", kFrom + "\r\n" + std::string(1, '\0'), "NUL"},
        Refusal{"no_colon", "From a@example.org\r\n\r\n", "without a name"},
        Refusal{"no_name", ": x\r\n\r\n", "without a name"},
        Refusal{"blank_before_colon", "From : a@example.org\r\n\r\n", "without a name"},
        Refusal{"control_in_name", "Fr\x01om: a@example.org\r\n\r\n", "without a name"},
        Refusal{"bit_eight_in_name", "Fr\xf6m: a@example.org\r\n\r\n", "without a name"},
        Refusal{"fold_first", " folded\r\nFrom: a@example.org\r\n\r\n", "folded"},
        Refusal{"too_large", kFrom + "\r\n" + std::string(kMaxMessageBytes, 'x'), "larger"},
        Refusal{"huge_header", kFrom + "X: " + std::string(kMaxHeaderBytes, 'x') + "\r\n\r\n",
                "header of the mail is larger"},
        Refusal{"huge_folded_header", kFrom + "X: x" + repeated("\r\n x", kMaxHeaderBytes / 4) + "\r\n\r\n",
                "is larger"},
        Refusal{"many_headers", repeated("A: b\r\n", kMaxHeaders + 1) + "\r\n", "headers"},
        Refusal{"deep", nestedMultiparts(kMaxMimeDepth + 1), "deep"},
        Refusal{"very_deep", nestedMultiparts(1000), "deep"}, Refusal{"deepest", nestedMultiparts(4000), "deep"},
        Refusal{"deep_messages", kFrom + repeated("Content-Type: message/rfc822\r\n\r\n", 8000), "deep"},
        Refusal{"many_parts",
                kFrom + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + repeated("--b\r\n\r\n", 20000), "parts"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HostileMail, AtTheLimitsIsStillRead) {
    EXPECT_TRUE(Message::parse(kFrom + "\r\n" + std::string(kMaxMessageBytes - kFrom.size() - 2, 'x')));
    EXPECT_TRUE(Message::parse(repeated("A: b\r\n", kMaxHeaders) + "\r\n"));
    EXPECT_TRUE(Message::parse(nestedMultiparts(kMaxMimeDepth - 1)));
    EXPECT_TRUE(Message::parse(kFrom + "X: " + std::string(kMaxHeaderBytes - 3, 'x') + "\r\n\r\n"));
}

TEST(HostileMail, AddressFieldsCannotKeepTheParserBusy) {
    std::string mail;
    for (int i = 0; i < 8; ++i) mail += "To: " + repeated("a:", 15000) + "\r\n";
    const Result<Message> message = Message::parse(mail + "\r\n");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->to().others, 8U);
}

TEST(HostileMail, TwoFromFieldsAreBothSeen) {
    const Result<Message> message = Message::parse(kFrom + "From: b@example.org\r\n\r\n");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->count("From"), 2U);
    EXPECT_FALSE(message->from().single());
}

std::string mutate(std::string mail, std::mt19937& random) {
    constexpr std::string_view kSpices[] = {
        "\r\n", ";", "=", ":", "\t", "\"", "(", "<", "--", "=?", "\xff", "DKIM-Signature:", "b=", "h=from", "\\"};
    const auto below = [&random](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    for (std::size_t i = 0; i <= below(4) && !mail.empty(); ++i) {
        const std::size_t at = below(mail.size());
        switch (below(4)) {
            case 0:
                mail[at] = static_cast<char>(below(256));
                break;
            case 1:
                mail.erase(at, below(40));
                break;
            case 2:
                mail.insert(at, kSpices[below(std::size(kSpices))]);
                break;
            default:
                mail.insert(at, mail.substr(below(mail.size()), below(200)));
                break;
        }
    }
    return mail;
}

TEST(HostileMail, MutatedMailsAreParsedAndVerifiedWithoutHarm) {
    constexpr int kRounds = 3000;
    test::TableResolver resolver("mail/zone.tsv");
    const test::FakeClock clock(fromUnix(2208988800));
    const DkimVerifier verifier(resolver, clock);
    std::vector<std::string> seeds;
    for (const char* name : {"both", "rsa-multipart-simple", "ed25519", "rsa-simple-simple"}) {
        seeds.push_back(test::readFile(test::dataFile("mail/" + std::string(name) + ".eml")));
    }
    std::mt19937 random(8823);
    int parsed = 0;
    int passed = 0;
    for (int i = 0; i < kRounds; ++i) {
        const Result<Message> message =
            Message::parse(mutate(seeds[static_cast<std::size_t>(i) % seeds.size()], random));
        if (!message) continue;
        ++parsed;
        for (const DkimResult& result : verifier.verify(*message))
            passed += result.verdict == DkimVerdict::Pass ? 1 : 0;
    }
    EXPECT_GT(parsed, kRounds / 4);  // else the mutations are too coarse to test anything
    EXPECT_GT(passed, 0);            // some mutations touch what relaxed canonicalization leaves out
}

TEST(HostileMail, ThreadsParseAndVerifyAtOnce) {
    const test::FakeClock clock(fromUnix(2208988800));
    const std::string mail = test::readFile(test::dataFile("mail/both.eml"));
    std::vector<std::thread> threads;
    std::atomic<int> passed = 0;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            test::TableResolver resolver("mail/zone.tsv");
            const DkimVerifier verifier(resolver, clock);
            for (int round = 0; round < 25; ++round) {
                const Result<Message> message = Message::parse(mail);
                for (const DkimResult& result : verifier.verify(*message))
                    passed += result.verdict == DkimVerdict::Pass ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(passed, 4 * 25 * 2);
}

}  // namespace
}  // namespace mailca::mail
