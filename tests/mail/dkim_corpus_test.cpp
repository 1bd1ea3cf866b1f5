// Signatures made by other programs and by the RFCs (L18).
#include <gtest/gtest.h>

#include <sstream>

#include "mail/dkim_verifier.h"
#include "tests/mail/table_resolver.h"
#include "tests/support/fake_clock.h"
#include "tests/support/files.h"

namespace mailca::mail {
namespace {

const Time kLater = fromUnix(2208988800);  // 2040: none of them has x=

std::vector<DkimResult> verified(const std::string& raw, const std::string& zone) {
    test::TableResolver resolver("mail/" + zone);
    const test::FakeClock clock(kLater);
    const Result<Message> message = Message::parse(raw);
    if (!message) throw std::runtime_error(message.error().text());
    return DkimVerifier(resolver, clock).verify(*message);
}

std::string mailOf(const std::string& name) {
    return test::readFile(test::dataFile("mail/" + name));
}

std::string verdictsOf(const std::vector<DkimResult>& results) {
    std::string verdicts;
    for (const DkimResult& result : results) {
        if (!verdicts.empty()) verdicts += ' ';
        verdicts += result.verdict == DkimVerdict::Pass   ? "pass"
                    : result.verdict == DkimVerdict::Fail ? "fail"
                                                          : "temp";
    }
    return verdicts;
}

TEST(DkimCorpus, DkimpysSignaturesGetTheVerdictTheyDeserve) {
    std::istringstream rows(mailOf("expected.tsv"));
    int count = 0;
    for (std::string row; std::getline(rows, row); ++count) {
        const std::string name = row.substr(0, row.find('\t'));
        const std::vector<DkimResult> results = verified(mailOf(name), "zone.tsv");
        EXPECT_EQ(verdictsOf(results), row.substr(row.find('\t') + 1))
            << name << (results.empty() ? " none" : ": " + results.front().reason);
    }
    EXPECT_GT(count, 15);
}

TEST(DkimCorpus, TheExampleOfRfc6376Passes) {  // J12
    const std::vector<DkimResult> results = verified(mailOf("rfc6376-a.eml"), "rfc.tsv");
    ASSERT_EQ(verdictsOf(results), "pass") << results.front().reason;
    EXPECT_EQ(results[0].domain, "example.com");
    EXPECT_EQ(results[0].selector, "brisbane");
    EXPECT_EQ(results[0].identity, "joe@football.example.com");
    EXPECT_EQ(results[0].algorithm, "rsa-sha256");
    EXPECT_EQ(results[0].keyBits, 1024U);
    EXPECT_EQ(results[0].dnssec, dns::Security::Secure);
    EXPECT_EQ(results[0].signedHeaders,
              (std::vector<std::string>{"received", "from", "to", "subject", "date", "message-id"}));
}

TEST(DkimCorpus, TheExampleOfRfc8463Passes) {  // J12
    const std::vector<DkimResult> results = verified(mailOf("rfc8463-a.eml"), "rfc.tsv");
    ASSERT_EQ(verdictsOf(results), "pass pass") << results.front().reason;
    EXPECT_EQ(results[0].algorithm, "ed25519-sha256");
    EXPECT_EQ(results[0].keyBits, 256U);
    EXPECT_EQ(results[1].algorithm, "rsa-sha256");
    EXPECT_EQ(results[1].signedHeaders.size(), 8U);  // from, subject and date twice
}

TEST(DkimCorpus, AMailWithLfLineEndsIsTheSameMail) {  // J1: as it lies in a Maildir
    std::string raw = mailOf("both.eml");
    raw.erase(std::remove(raw.begin(), raw.end(), '\r'), raw.end());
    EXPECT_EQ(verdictsOf(verified(raw, "zone.tsv")), "pass pass");
}

// Every octet of the signed fields and of the body counts, for both algorithms and canonicalizations.
TEST(DkimCorpus, OneChangedOctetFails) {
    for (const char* name : {"rsa-simple-simple.eml", "both.eml", "ed25519-simple.eml"}) {
        const std::string raw = mailOf(name);
        const std::size_t first = raw.find("\r\nFrom:") + 8;
        for (std::size_t at = first; at < raw.size(); at += 7) {
            if (std::string_view(" \t\r\n").find(raw[at]) != std::string_view::npos) continue;
            std::string changed = raw;
            changed[at] = changed[at] == 'x' ? 'y' : 'x';
            const Result<Message> message = Message::parse(changed);
            if (!message) continue;
            EXPECT_EQ(verdictsOf(verified(changed, "zone.tsv")).find("pass"), std::string::npos)
                << name << " at " << at;
        }
    }
}

TEST(DkimCorpus, AFieldLeftOutOfTheSignatureIsNotCovered) {
    const std::string raw = "X-Extra: yes\r\n" + mailOf("rsa-relaxed-relaxed.eml");
    const std::vector<DkimResult> results = verified(raw, "zone.tsv");
    EXPECT_EQ(verdictsOf(results), "pass");
    EXPECT_EQ(std::count(results[0].signedHeaders.begin(), results[0].signedHeaders.end(), "x-extra"), 0);
}

}  // namespace
}  // namespace mailca::mail
