// The audit log in the database (standards D51): written with the act, and whoever changes it is found out.
#include <gtest/gtest.h>

#include <thread>

#include "store/audit_reader.h"
#include "store/audit_trail.h"
#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"
#include "tests/support/run.h"

namespace mailca::test {
namespace {

using store::sqlite::Connection;

class AuditLog : public ::testing::Test {
 protected:
    AuditLog() {
        const ra::Account account = m_scene.account();
        for (int i = 0; i < 3; ++i) m_issued.push_back(m_scene.issue(account.id));
        must(m_scene.store().certificates().revoke(m_scene.revocation(m_issued[1].items[0].record.id)));
        const ca::audit::Head head = must(m_scene.store().audit().head());
        must(m_scene.store().audit().recordSigned(head, m_scene.now(), Bytes(70, 1)));
        must(m_scene.store().crls().store({"smime-1", 2}, {{7, m_scene.now(), m_scene.now() + 24h}, Bytes(9, 1)}, 0));
    }
    std::vector<ca::audit::Entry> rows() { return must(m_scene.store().audit().after(0, 1000)); }
    // What is found after somebody had the file; "" when nothing is.
    std::string verdictAfter(const std::string& sql) {
        m_scene.close();
        {
            Connection db = must(Connection::open(m_scene.path(), store::sqlite::Access::ReadWrite));
            must(db.script("PRAGMA foreign_keys=OFF; PRAGMA wal_checkpoint(TRUNCATE);" + sql));
        }
        const auto log = store::checkLog(m_scene.path(), std::nullopt);
        return log ? "" : log.error().detail;
    }

    Scene m_scene;
    std::vector<ra::IssuedOrder> m_issued;
};

TEST_F(AuditLog, HasARowForEveryAct) {
    std::string acts;
    for (const auto& entry : rows()) acts += entry.row.act + " ";
    EXPECT_EQ(acts, "order.issued order.issued order.issued certificate.revoked audit.signed crl.signed ");
    EXPECT_EQ(verdictAfter(""), "");
}

TEST_F(AuditLog, AnIssuanceSaysWhatWasIssuedForWhomOnWhichProof) {
    const auto row = rows().front().row;
    const json::Value detail = must(json::parse(row.detail));
    const ra::CertificateRecord& first = m_issued[0].items[0].record;
    EXPECT_EQ(row.subject, m_issued[0].order.text());
    EXPECT_EQ(detail.string("mailbox"), "alice@example.org");
    EXPECT_EQ(detail.string("account"), first.account.text());
    EXPECT_EQ(detail.string("reply")->size(), 64u);
    ASSERT_EQ(detail.array("certificates")->size(), 2u);
    const json::Value& certificate = detail.array("certificates")->front();
    EXPECT_EQ(certificate.string("serial"), first.serial.hex());
    EXPECT_EQ(certificate.string("issuer"), first.issuer);
    EXPECT_EQ(certificate.string("sha256"), toHex(crypto::sha256(first.der)));
}

TEST_F(AuditLog, TellsTheFirstRowThatWasTamperedWith) {
    const struct {
        std::string what, sql, says;
    } table[] = {
        {"changed time", "UPDATE audit SET at = at + 1 WHERE nr = 2", "row 2:"},
        {"changed actor", "UPDATE audit SET actor = 'somebody' WHERE nr = 4", "row 4:"},
        {"changed detail", "UPDATE audit SET detail = '{}' WHERE nr = 4", "row 4:"},
        {"detail taken away", "UPDATE audit SET detail = '' WHERE nr = 4", "row 4:"},
        {"changed subject", "UPDATE audit SET subject = x'00' WHERE nr = 1", "row 1:"},
        {"deleted", "DELETE FROM audit WHERE nr = 2", "row 2: is missing"},
        {"deleted and closed up", "DELETE FROM audit WHERE nr = 2; UPDATE audit SET nr = nr - 1 WHERE nr > 2",
         "row 2:"},
        {"inserted",
         "UPDATE audit SET nr = -nr WHERE nr > 2; INSERT INTO audit SELECT 3, at, actor, act, subject, detail, sha256"
         " FROM audit WHERE nr = 2; UPDATE audit SET nr = 1 - nr WHERE nr < 0",
         "row 3:"},
        {"reordered", "UPDATE audit SET nr = -nr WHERE nr IN (1, 2); UPDATE audit SET nr = 3 + nr WHERE nr < 0",
         "row 1:"},
        {"end cut off", "DELETE FROM audit WHERE nr >= 5", "row 5: is missing, and all up to row 6"},
        {"all deleted", "DELETE FROM audit", "row 1: is missing"},
        {"evidence: certificate changed", "UPDATE certificates SET packed_der = zeroblob(40) WHERE nr = 3", "row 2:"},
        {"evidence: certificate deleted", "DELETE FROM certificates WHERE nr = 3", "row 2:"},
        {"evidence: serial changed", "UPDATE certificates SET serial = x'01' WHERE nr = 5", "row 3:"},
        {"evidence: other mailbox",
         "UPDATE mailboxes SET address = 'mallory@example.org' WHERE address = 'alice@example.org'", "row 1:"},
        {"evidence: other reply", "UPDATE judged_replies SET raw_sha256 = zeroblob(32) WHERE nr = 2", "row 2:"},
        {"evidence: order deleted", "DELETE FROM orders WHERE nr = 3", "row 3:"},
    };
    ASSERT_EQ(verdictAfter(""), "");  // which also brings all of it into the one file
    const std::string good = readFile(m_scene.path());
    for (const auto& row : table) {
        writeFile(m_scene.path(), good);
        const std::string verdict = verdictAfter(row.sql);
        EXPECT_TRUE(verdict.starts_with(row.says)) << row.what << ": " << verdict;
    }
}

TEST_F(AuditLog, IsCheckedByAnybodyWithItsLinesAndAHashFunction) {
    const TempDir dir;
    std::string lines;
    for (const auto& entry : rows()) lines += ca::audit::lineOf(entry) + "\n";
    writeFile(dir.path() / "log.jsonl", lines);
    writeFile(dir.path() / "check.py",
              "import hashlib, json, sys\n"
              "previous = bytes(32)\n"
              "for number, line in enumerate(open(sys.argv[1], encoding='utf-8'), 1):\n"
              "    row, _, rest = line.rpartition(',\"sha256\":\"')\n"
              "    previous = hashlib.sha256(previous + (row + '}').encode()).digest()\n"
              "    assert rest == previous.hex() + '\"}\\n' and json.loads(line)['nr'] == number, number\n"
              "print(number, 'rows')\n");
    const Outcome outcome = run("python3 " + dir.file("check.py") + " " + dir.file("log.jsonl"));
    EXPECT_EQ(outcome.output, "6 rows\n");
}

// A piece of work that fails leaves no row, and the next one stands where it would have stood.
TEST_F(AuditLog, WorkThatIsRolledBackLeavesNoTraceInTheChain) {
    for (const bool wholeBatch : {false, true}) {
        const auto failed = m_scene.store().database().write([&](Connection& db) -> Result<void> {
            TRY_VOID(store::recordAct(db, {m_scene.now(), "mailcad", "lost", "x"}));
            if (wholeBatch) TRY_VOID(db.run("ROLLBACK"));  // as SQLite does by itself with SQLITE_FULL
            return fail(ErrorKind::Conflict, "changed its mind");
        });
        EXPECT_FALSE(failed.has_value());
        must(m_scene.store().audit().record({m_scene.now(), "mailcad", "kept", "y", json::object({})}));
    }
    EXPECT_EQ(rows().size(), 8u);
    EXPECT_EQ(rows().back().row.act, "kept");
    EXPECT_EQ(verdictAfter(""), "");
}

TEST_F(AuditLog, ManyAtOnceMakeOneChain) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([this, i] {
            for (int n = 0; n < 20; ++n) {
                (void)m_scene.store().database().write([&](Connection& db) -> Result<void> {
                    TRY_VOID(store::recordAct(db, {m_scene.now(), "mailcad", "thing", std::to_string(i)}));
                    if (n % 3 == 0) return fail(ErrorKind::Conflict, "changed its mind");
                    return {};
                });
            }
        });
    }
    threads.clear();
    EXPECT_EQ(rows().size(), 6u + 8 * 13);
    EXPECT_EQ(verdictAfter(""), "");
}

TEST_F(AuditLog, TheNewestRowOfAnActIsFound) {
    EXPECT_EQ(must(m_scene.store().audit().latest("order.issued"))->nr, 3);
    EXPECT_FALSE(must(m_scene.store().audit().latest("order.lost")));
}

TEST_F(AuditLog, IsReadWhileTheDaemonGoesOn) {
    auto reader = must(store::AuditReader::open(m_scene.path(), 4));
    EXPECT_EQ(must(reader.next())->row.nr, 5);
    EXPECT_EQ(must(reader.next())->row.nr, 6);
    EXPECT_FALSE(must(reader.next()));
    must(m_scene.store().audit().record({m_scene.now(), "mailcad", "more", "", json::object({})}));
    EXPECT_EQ(must(reader.next())->row.act, "more");
    EXPECT_EQ(kindOf(store::AuditReader::open(m_scene.path() + ".none", 0)), ErrorKind::Config);
}

}  // namespace
}  // namespace mailca::test
