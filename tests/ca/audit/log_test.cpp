// The audit log outside of any database (standards D51): its lines, its chain, its signed heads.
#include "ca/audit/log.h"

#include <gtest/gtest.h>

#include <functional>

#include "ca/audit/check.h"
#include "ca/audit/key.h"
#include "tests/ca/support.h"
#include "tests/support/mutate.h"

namespace mailca::ca::audit {
namespace {

using test::must;

class Log : public ::testing::Test {
 protected:
    Log() {
        must(makeKey(m_folder.path().string(), test::passphrase(), test::kCheapSeal, m_random));
        m_key = test::auditKeyIn(m_folder.path().string());
        for (int i = 0; i < 5; ++i) add("something.done", R"({"count":)" + std::to_string(i) + "}");
        sign();
        add("something.done", R"({"text":"\"ä\n"})");
        sign();
    }
    Head head() const { return m_entries.empty() ? Head{} : Head{m_entries.back().row.nr, m_entries.back().sha256}; }
    void add(const std::string& act, const std::string& detail) {
        Row row{head().nr + 1, m_clock.now(), "mailcad", act, "sübject", detail};
        Bytes sha256 = chained(head().sha256, row);
        m_entries.push_back({std::move(row), std::move(sha256)});
        m_clock.advance(1s);
    }
    void sign() {
        add(std::string(kHeadSigned), signedDetail(head(), must(m_key->sign(head(), m_clock.now()))).dump());
    }
    // Every hash from this row on as if the rows had been written as they are now.
    void chainAgain(std::size_t from) {
        for (std::size_t i = from; i < m_entries.size(); ++i) {
            const Bytes previous = i == 0 ? Head{}.sha256 : m_entries[i - 1].sha256;
            m_entries[i].sha256 = chained(previous, m_entries[i].row);
        }
    }
    // What the check says of the rows, with all it can know; "" when it has nothing to say.
    std::string verdict(std::optional<Head> start = Head{}) {
        Check check(std::move(start), m_key->publicKey());
        for (const Entry& entry : m_entries) {
            if (const auto good = check.next(entry); !good) {
                EXPECT_EQ(good.error().kind, ErrorKind::Crypto);
                return good.error().detail;
            }
        }
        return "";
    }

    test::TempDir m_folder;
    test::FakeClock m_clock;
    SystemRandom m_random;
    std::optional<Key> m_key;
    std::vector<Entry> m_entries;
};

TEST_F(Log, IsGoodAsItWasWritten) {
    Check check(Head{}, m_key->publicKey());
    for (const Entry& entry : m_entries) must(check.next(entry));
    EXPECT_EQ(check.head(), head());
    EXPECT_EQ(check.signatures(), 2);
    EXPECT_EQ(check.signedUpTo(), 7);
}

TEST_F(Log, ComesThroughItsLinesUnchanged) {
    for (const Entry& entry : m_entries) {
        const Entry again = must(parseLine(lineOf(entry)));
        EXPECT_EQ(lineOf(again), lineOf(entry));
        EXPECT_EQ(again.row.at, entry.row.at);
        EXPECT_EQ(again.sha256, entry.sha256);
    }
    EXPECT_EQ(lineOf(m_entries.front()).substr(0, 119),
              R"({"nr":1,"at":"2026-11-23T12:00:00Z","actor":"mailcad","act":"something.done","subject":"sübject",)"
              R"("detail":{"count":0},)");
}

TEST_F(Log, TakesNoLineThatItDidNotWrite) {
    const std::string line = lineOf(m_entries.front());
    const auto with = [&](std::string_view what, std::string_view instead) {
        std::string changed = line;
        return changed.replace(changed.find(what), what.size(), instead);
    };
    for (const std::string& wrong :
         {std::string(), std::string("{}"), line + " ", line.substr(1), line.substr(0, line.size() - 1),
          with(R"("nr":1)", R"("nr": 1)"), with(R"("nr":1)", R"("nr":"1")"), with("Z", "+00:00"),
          with(R"({"count":0})", "[]"), with(R"({"count":0})", R"({"count":0,"count":0})"),
          with(R"("sha256":")", R"("sha256":"00)"), with(R"("act")", R"("more":1,"act")")}) {
        EXPECT_FALSE(parseLine(wrong).has_value()) << wrong;
    }
}

TEST_F(Log, NamesTheFirstRowThatIsNotWhatWasWritten) {
    const struct {
        std::string_view what;
        std::function<void(std::vector<Entry>&)> tamper;
        std::string_view says;
    } rows[] = {
        {"time", [](auto& e) { e[2].row.at += 1s; }, "row 3:"},
        {"actor", [](auto& e) { e[2].row.actor = "operator"; }, "row 3:"},
        {"act", [](auto& e) { e[2].row.act = "nothing.done"; }, "row 3:"},
        {"subject", [](auto& e) { e[2].row.subject = "x"; }, "row 3:"},
        {"detail", [](auto& e) { e[2].row.detail = "{}"; }, "row 3:"},
        {"hash", [](auto& e) { e[2].sha256[0] ^= 1; }, "row 3:"},
        {"number", [](auto& e) { e[2].row.nr = 9; }, "row 3: is missing"},
        {"first one taken away", [](auto& e) { e.erase(e.begin()); }, "row 1: is missing"},
        {"one taken away", [](auto& e) { e.erase(e.begin() + 2); }, "row 3: is missing"},
        {"one put in", [](auto& e) { e.insert(e.begin() + 2, e[1]); }, "row 3: is missing"},
        {"order", [](auto& e) { std::swap(e[2], e[3]); }, "row 3: is missing"},
        {"order, numbers put right",
         [](auto& e) {
             std::swap(e[2], e[3]);
             std::swap(e[2].row.nr, e[3].row.nr);
         },
         "row 3:"},
    };
    const std::vector<Entry> good = m_entries;
    for (const auto& row : rows) {
        m_entries = good;
        row.tamper(m_entries);
        EXPECT_TRUE(verdict().starts_with(row.says)) << row.what << ": " << verdict();
    }
}

// Who can write all rows anew has not got the key.
TEST_F(Log, ASignedHeadGivesAwayRowsWrittenAnew) {
    m_entries[2].row.detail = "{}";
    chainAgain(2);
    EXPECT_TRUE(verdict().starts_with("row 5: is not the row that was signed at row 6")) << verdict();
    m_entries[5].row.detail = signedDetail({5, m_entries[4].sha256}, Bytes(70, 1)).dump();
    chainAgain(5);
    EXPECT_TRUE(verdict().starts_with("row 6: its signature")) << verdict();
}

TEST_F(Log, ASignedHeadGivesAwayRowsCutOffBelowIt) {
    m_entries.erase(m_entries.begin() + 3, m_entries.begin() + 5);
    m_entries[3].row.nr = 4;  // the signed head follows at once
    chainAgain(3);
    EXPECT_TRUE(verdict().starts_with("row 5: is not the row that was signed")) << verdict();
}

TEST_F(Log, ASignatureIsOfItsTimeToo) {
    m_entries[5].row.at += 3600s;
    chainAgain(5);
    EXPECT_TRUE(verdict().starts_with("row 6: its signature")) << verdict();
}

TEST_F(Log, APartIsCheckedFromItsFirstRow) {
    m_entries.erase(m_entries.begin(), m_entries.begin() + 2);
    EXPECT_EQ(verdict(std::nullopt), "");
    EXPECT_TRUE(verdict().starts_with("row 1: is missing")) << verdict();
    m_entries[2].row.subject = "x";
    EXPECT_TRUE(verdict(std::nullopt).starts_with("row 5:")) << verdict(std::nullopt);
}

TEST_F(Log, ItsKeyIsSealedAndItsPublicHalfIsNot) {
    const std::string folder = m_folder.path().string();
    EXPECT_EQ(must(readPublicKey(publicKeyPath(folder))), m_key->publicKey());
    const Secret wrong = Secret::copyOf(asBytes("another pass-phrase"));
    EXPECT_EQ(readSealedKey(issuerKeyPath(folder, kKeyName), wrong).error().kind, ErrorKind::Unauthorized);
    EXPECT_FALSE(makeKey(folder, test::passphrase(), test::kCheapSeal, m_random)) << "never overwritten";
    test::writeFile(m_folder.path() / "other.spki", "nonsense");
    EXPECT_EQ(readPublicKey(m_folder.file("other.spki")).error().kind, ErrorKind::Config);
}

// Lines come from a file that somebody may have been at.
TEST_F(Log, LinesChangedAtRandomAreRefusedOrAreRows) {
    for (const Entry& entry : m_entries) {
        test::mutate(toBytes(lineOf(entry)), 3000, [](ByteView changed) {
            const auto parsed = parseLine(asText(changed));
            if (parsed) {
                EXPECT_EQ(lineOf(*parsed), asText(changed));
            }
        });
    }
}

}  // namespace
}  // namespace mailca::ca::audit
