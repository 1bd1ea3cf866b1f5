// A database that was put back is not served; one that merely survived a crash is (docs/decisions/audit.md).
#include "store/mark.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/store/scene.h"

namespace mailca::test {
namespace {

class MarkedDatabase : public ::testing::Test {
 protected:
    void record(int rows) {
        for (int i = 0; i < rows; ++i) {
            must(m_scene.store().audit().record({m_scene.now(), "mailcad", "thing", "", json::object({})}));
        }
    }
    std::string mark() const { return m_scene.path() + ".mark"; }
    // Why it is not opened; "" when it is.
    std::string refusal() {
        m_scene.close();
        const auto opened = store::Store::open(m_scene.path(), {&shardOf, {}});
        if (opened) return "";
        EXPECT_EQ(opened.error().kind, ErrorKind::Config);
        return opened.error().detail;
    }

    Scene m_scene;
};

TEST_F(MarkedDatabase, IsServedAgainAfterACleanStop) {
    EXPECT_EQ(refusal(), "");
    m_scene.open();
    record(3);
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(must(store::Mark::read(m_scene.path()))->nr, 3);
}

TEST_F(MarkedDatabase, TheMarkFollowsEveryCommit) {
    for (int rows = 1; rows <= 5; ++rows) {
        record(1);
        EXPECT_EQ(must(store::Mark::read(m_scene.path())), must(m_scene.store().audit().head()));
    }
}

// kill -9 or a power cut between the commit and the mark, and a mark that never reached the disk.
TEST_F(MarkedDatabase, AMarkThatLagsIsNoReasonToRefuse) {
    record(2);
    const std::string lagging = readFile(mark());
    record(3);
    m_scene.close();
    writeFile(mark(), lagging);
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(must(store::Mark::read(m_scene.path()))->nr, 5) << "it has caught up";
}

TEST_F(MarkedDatabase, OneTornSlotIsNoReasonToRefuse) {
    record(3);
    m_scene.close();
    const std::string whole = readFile(mark());
    for (const std::size_t slot : {0u, 512u}) {
        std::string torn = whole;
        torn.replace(slot, 40, 40, '\0');
        writeFile(mark(), torn);
        EXPECT_EQ(refusal(), "") << slot;
    }
    std::string torn = whole;
    torn[0] ^= 1;
    torn[512] ^= 1;
    writeFile(mark(), torn);
    EXPECT_NE(refusal().find("damaged"), std::string::npos);
}

TEST_F(MarkedDatabase, AnOlderOneIsRefused) {
    record(3);
    m_scene.close();
    const std::string older = readFile(m_scene.path());
    m_scene.open();
    record(1);
    m_scene.close();
    writeFile(m_scene.path(), older);
    EXPECT_NE(refusal().find("older database: its audit log ends at row 3, row 4"), std::string::npos) << refusal();
    EXPECT_NE(refusal().find("mailca-admin restore"), std::string::npos);
}

TEST_F(MarkedDatabase, AnOlderOneThatWentOnElsewhereIsRefused) {
    record(3);
    m_scene.close();
    const std::string older = readFile(m_scene.path()), olderMark = readFile(mark());
    m_scene.open();
    record(1);
    m_scene.close();
    const std::string newerMark = readFile(mark());
    writeFile(m_scene.path(), older);
    writeFile(mark(), olderMark);
    m_scene.open();
    m_scene.clock().advance(1s);
    record(2);
    m_scene.close();
    writeFile(mark(), newerMark);
    EXPECT_NE(refusal().find("row 4 differs"), std::string::npos) << refusal();
}

TEST_F(MarkedDatabase, ANewOneInItsPlaceIsRefused) {
    record(1);
    m_scene.close();
    for (const char* file : {"", "-wal", "-shm"}) ::unlink((m_scene.path() + file).c_str());
    EXPECT_NE(refusal().find("ends at row 0"), std::string::npos) << refusal();
}

TEST_F(MarkedDatabase, IsRefusedWithoutItsMark) {
    m_scene.close();
    ::unlink(mark().c_str());
    EXPECT_NE(refusal().find("is gone"), std::string::npos) << refusal();
}

// Whoever copies a stopped daemon's database copies one file.
TEST_F(MarkedDatabase, LiesInOneFileAfterACleanStop) {
    record(3);
    EXPECT_EQ(m_scene.count("SELECT count(*) FROM audit"), 3);  // a reader had it open, too
    m_scene.close();
    EXPECT_NE(::access((m_scene.path() + "-wal").c_str(), F_OK), 0);
}

// The end between making the mark and relying on it.
TEST_F(MarkedDatabase, ANewDatabaseMayHaveItsMarkAlready) {
    m_scene.close();
    {
        auto db = must(store::sqlite::Connection::open(m_scene.path(), store::sqlite::Access::ReadWrite));
        must(store::writeStanding(db, store::Standing::New));
    }
    EXPECT_EQ(refusal(), "");
}

}  // namespace
}  // namespace mailca::test
