// The operators' view of the audit log, and of backups: by mailcad.toml, as they call it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>

#include "admin/cli/audit_file.h"
#include "admin/cli/commands.h"
#include "ca/audit/key.h"
#include "store/audit_book.h"
#include "tests/ca/support.h"

namespace mailca::admin {
namespace {

using test::must;

class Audit : public ::testing::Test {
 protected:
    Audit() {
        test::writeFile(m_dir.path() / "mailcad.toml",
                        "external_url = \"https://a.example\"\nexchange_url = \"https://a.example\"\n"
                        "database = \"mailca.db\"\nauthority = \"" +
                            m_disk.file() + "\"\nadmin_token_file = \"token\"\n[listeners]\n");
        open();
        record(3);
        const ca::audit::Head head = must(m_book->head());
        const Bytes signature = must(test::auditKeyIn(m_disk.folder()).sign(head, m_clock.now()));
        must(m_book->recordSigned(head, m_clock.now(), signature));
    }
    void open() {
        m_database = must(store::Database::open(m_dir.file("mailca.db"), {}));
        m_book.emplace(*m_database);
    }
    void record(int rows) {
        for (int i = 0; i < rows; ++i) must(m_book->record({m_clock.now(), "mailcad", "thing", "", json::object({})}));
    }
    std::string config() const { return m_dir.file("mailcad.toml"); }
    std::string exported(std::int64_t after = 0) {
        std::ostringstream out;
        AuditOptions options;
        options.config = config();
        options.after = after;
        must(exportAudit(options, out));
        return out.str();
    }
    // What verify says of an exported log, and of the database if it is asked about it too.
    enum class Of { File, Both };
    Result<std::string> verified(const std::string& log, Of of) {
        test::writeFile(m_dir.path() / "log.jsonl", log);
        AuditOptions options;
        if (of == Of::Both) options.config = config();
        options.key = ca::audit::publicKeyPath(m_disk.folder());
        options.file = m_dir.file("log.jsonl");
        std::ostringstream out;
        TRY_VOID(verifyAudit(options, out));
        return out.str();
    }
    static std::string whyNot(const Result<std::string>& verified) {
        return verified ? "good" : verified.error().detail;
    }

    test::TempDir m_dir;
    test::FakeClock m_clock;
    test::AuthorityOnDisk m_disk{m_clock};
    std::unique_ptr<store::Database> m_database;
    std::optional<store::AuditBook> m_book;
};

TEST_F(Audit, AnExportedLogIsVerifiedByItselfAndAgainstTheDatabase) {
    const std::string log = exported();
    EXPECT_NE(must(verified(log, Of::File)).find("good up to row 4"), std::string::npos);
    EXPECT_NE(must(verified(log, Of::File)).find("1 signed heads, the last covers row 3"), std::string::npos);
    record(2);
    EXPECT_NE(must(verified(log, Of::Both)).find("goes on from the exported log"), std::string::npos);
    EXPECT_NE(must(verified(exported(2), Of::Both)).find("begins with row 3, which is believed"), std::string::npos);
    EXPECT_NE(must(verified(log + "{\"nr\":5,\"at\"", Of::File)).find("row 4"), std::string::npos)
        << "half a line at the end";
}

TEST_F(Audit, WhatWasDoneToAnExportedLogIsNamed) {
    std::string log = exported();
    log.replace(log.find("\"act\":\"thing\""), 13, "\"act\":\"thong\"");
    EXPECT_TRUE(whyNot(verified(log, Of::File)).starts_with("row 1:")) << whyNot(verified(log, Of::File));
    EXPECT_NE(whyNot(verified("nonsense\n", Of::File)).find("line 1"), std::string::npos);
    EXPECT_NE(whyNot(verified("", Of::File)).find("no row"), std::string::npos);
}

TEST_F(Audit, ADatabaseThatLacksWhatWasExportedIsFoundOut) {
    record(1);
    const std::string log = exported();
    m_database.reset();
    {
        auto db = must(store::sqlite::Connection::open(m_dir.file("mailca.db"), store::sqlite::Access::ReadWrite));
        must(db.script("DELETE FROM audit WHERE nr > 4"));
    }
    ::unlink(m_dir.file("mailca.db.mark").c_str());
    EXPECT_NE(whyNot(verified(log, Of::Both)).find("the database lacks it"), std::string::npos)
        << whyNot(verified(log, Of::Both));
}

TEST_F(Audit, HasToBeToldWhatToVerify) {
    std::ostringstream out;
    EXPECT_EQ(verifyAudit({}, out).error().kind, ErrorKind::Config);
    EXPECT_EQ(exportAudit({}, out).error().kind, ErrorKind::Config);
    EXPECT_EQ(readAuditFile(m_dir.file("none")).error().kind, ErrorKind::Config);
}

TEST_F(Audit, ABackupComesBackWithTheExportedLog) {
    std::ostringstream out;
    must(backUp({config(), m_dir.file("backup.db")}, out));
    EXPECT_NE(out.str().find("up to row 4"), std::string::npos) << out.str();
    record(2);
    test::writeFile(m_dir.path() / "log.jsonl", exported());
    m_database.reset();
    for (const char* file : {"mailca.db", "mailca.db-wal", "mailca.db-shm"}) ::unlink(m_dir.file(file).c_str());
    const RestoreOptions options{config(), m_dir.file("backup.db"), m_dir.file("log.jsonl"), false};
    must(restoreBackup(options, m_clock, out));
    EXPECT_NE(out.str().find("2 rows replayed"), std::string::npos) << out.str();
    open();
    EXPECT_EQ(must(m_book->head()).nr, 7);
}

}  // namespace
}  // namespace mailca::admin
