// The readers' promises: what is kept between lookups is never older than what somebody was told of, and never in the
// way of the log.
#include <atomic>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "tests/store/scene.h"

namespace mailca::test {
namespace {

using store::Database;
using store::sqlite::Connection;
using store::sqlite::Row;

// Of both kinds of readers.
class KeptSnapshot : public ::testing::TestWithParam<bool> {
 protected:
    std::int64_t blocked() {
        const auto count = [](Connection& c) {
            return c.first("SELECT count(*) FROM blocked_keys", {}, [](const Row& row) { return row.integer(0); });
        };
        return must(GetParam() ? db->lookUp(count) : db->read(count)).value();
    }
    void block(const Bytes& key) {
        must(db->write([&](Connection& c) -> Result<void> {
            TRY_VOID(c.run("INSERT INTO blocked_keys (spki_sha256, at) VALUES (?1, 0)", {key}));
            return {};
        }));
    }
    void awaitCheckpoint() {
        for (const auto before = db->statistics().checkpoints; db->statistics().checkpoints == before;) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    std::string path() const { return m_dir.file("a.db"); }

 private:
    TempDir m_dir;

 protected:
    std::unique_ptr<Database> db = must(Database::open(path(), {}));
};

TEST_P(KeptSnapshot, EndsBeforeAnybodyHearsOfACommit) {
    std::atomic<bool> stop = false;
    std::vector<std::thread> others;
    for (int i = 0; i < 3; ++i) {
        others.emplace_back([&] {
            while (!stop) (void)blocked();
        });
    }
    SequenceRandom random(1);
    int late = 0;
    for (int i = 1; i <= 200; ++i) {
        block(random.bytes(32));
        if (blocked() != i) ++late;
    }
    stop = true;
    for (std::thread& other : others) other.join();
    EXPECT_EQ(late, 0);
}

TEST_P(KeptSnapshot, LetsTheLogStartAnew) {
    SequenceRandom random(1);
    const auto round = [&] {
        for (int i = 0; i < 20; ++i) block(random.bytes(4000));
        (void)blocked();  // and nobody comes back: the snapshot stays
        awaitCheckpoint();
        (void)blocked();  // the same after the log was copied
    };
    round();
    const auto afterOne = std::filesystem::file_size(path() + "-wal");
    for (int i = 0; i < 5; ++i) round();
    EXPECT_LT(std::filesystem::file_size(path() + "-wal"), 2 * afterOne);
}

TEST_P(KeptSnapshot, LeavesOneFileBehind) {
    block(Bytes(32, 1));
    (void)blocked();
    db.reset();
    EXPECT_FALSE(std::filesystem::exists(path() + "-wal"));
    EXPECT_TRUE(std::filesystem::exists(path()));
}

INSTANTIATE_TEST_SUITE_P(Readers, KeptSnapshot, ::testing::Bool(),
                         [](const auto& kind) { return kind.param ? "Mapped" : "Copied"; });

}  // namespace
}  // namespace mailca::test
