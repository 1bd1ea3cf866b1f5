#include "bench/load/journal.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/files.h"

namespace mailca::bench {
namespace {

struct JournalFile {
    test::TempDir folder;
    std::string path = folder.file("journal");

    void write(std::initializer_list<json::Value> lines) const {
        Journal journal = Journal::open(path).value();
        for (const json::Value& line : lines) ASSERT_TRUE(journal.write(line));
    }
};

json::Value fact(std::string_view name, const std::string& mailbox = "a@example.org", json::Object more = {}) {
    return factLine(name, mailbox, std::move(more));
}

TEST(Journal, GivesBackWhatWasAcknowledged) {
    const JournalFile file;
    file.write({fact("account", "a@example.org", {{"account", "https://ca/account/1"}, {"key", "a PEM"}}),
                fact("order", "a@example.org", {{"order", "o"}, {"authorization", "z"}, {"finalize", "f"}}),
                fact("challenge-mail", "a@example.org", {{"messageId", "<1@ca>"}, {"subjectSha256", "00"}}),
                fact("authorization", "a@example.org", {{"challenge", "c"}}),
                fact("reply", "a@example.org", {{"messageId", "<1@ca>"}}), fact("challenge"), fact("authorized"),
                fact("finalize"), fact("abandoned", "a@example.org", {{"reason", "no answer"}})});
    const auto traces = readJournal(file.path).value();
    ASSERT_EQ(traces.size(), 1u);
    const Trace& trace = traces.at("a@example.org");
    EXPECT_EQ(trace.mailbox, "a@example.org");
    EXPECT_EQ(trace.account, "https://ca/account/1");
    EXPECT_EQ(trace.key, "a PEM");
    EXPECT_EQ(trace.order + trace.authorization + trace.finalize + trace.challenge, "ozfc");
    EXPECT_EQ(trace.challengeMails, 1);
    EXPECT_EQ(trace.answered, std::set<std::string>{"<1@ca>"});
    EXPECT_TRUE(trace.challengePosted && trace.authorized && trace.finalized);
    EXPECT_FALSE(trace.ended());  // abandoned is no end
}

TEST(Journal, EndsWithACertificateOrAReason) {
    const JournalFile file;
    file.write({fact("certificate", "a@example.org", {{"certificate", "u"}, {"sha256", "ab"}, {"serial", "01"}}),
                fact("invalid", "b@example.org", {{"reason", "too late"}})});
    const auto traces = readJournal(file.path).value();
    EXPECT_TRUE(traces.at("a@example.org").ended());
    EXPECT_EQ(traces.at("a@example.org").certificate->serial, "01");
    EXPECT_TRUE(traces.at("b@example.org").ended());
    EXPECT_EQ(traces.at("b@example.org").invalid, "too late");
}

TEST(Journal, IsContinuedAndForItsOwnerOnly) {
    const JournalFile file;
    file.write({fact("finalize")});
    file.write({fact("authorized")});
    const auto traces = readJournal(file.path).value();
    EXPECT_TRUE(traces.at("a@example.org").finalized && traces.at("a@example.org").authorized);
    struct ::stat facts {};
    ASSERT_EQ(::stat(file.path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(Journal, LastLineWithoutItsEndIsNoFact) {
    const JournalFile file;
    const std::string whole = fact("finalize").dump();
    test::writeFile(file.path, whole + "\n" + fact("authorized").dump());
    EXPECT_FALSE(readJournal(file.path).value().at("a@example.org").authorized);
    test::writeFile(file.path, whole + "\n" + whole.substr(0, 9));
    EXPECT_TRUE(readJournal(file.path).value().at("a@example.org").finalized);
}

TEST(Journal, DamageIsToldWithItsLine) {
    const JournalFile file;
    const std::string good = fact("finalize").dump() + "\n";
    for (const std::string bad : {"{", "{\"fact\":\"finalize\"}", "{\"fact\":\"nonsense\",\"mailbox\":\"a\"}",
                                  "{\"fact\":\"account\",\"mailbox\":\"a\",\"account\":\"u\"}"}) {
        test::writeFile(file.path, good + bad + "\n" + good);
        const auto read = readJournal(file.path);
        ASSERT_FALSE(read) << bad;
        EXPECT_NE(read.error().detail.find(":2: "), std::string::npos) << read.error().detail;
    }
    EXPECT_EQ(readJournal(file.folder.file("none")).error().kind, ErrorKind::Io);
}

}  // namespace
}  // namespace mailca::bench
