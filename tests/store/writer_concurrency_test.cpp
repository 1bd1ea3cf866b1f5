// The writer's promises: one commit for many callers, none released before it is durable, none harmed by its
// neighbours, a clear word when the disk is full, an end when the disk fails.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "tests/store/check_invariants.h"
#include "tests/store/disk_gate.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

using store::sqlite::Connection;
using Outcome = Result<void>;

class Callers final {
 public:
    explicit Callers(Scene& scene) : m_scene(scene) {}
    ~Callers() { join(); }
    // Starts a caller of its own thread; returns once its work is queued or taken.
    void start(std::function<Outcome(Connection&)> work) {
        m_outcomes.push_back(std::make_unique<std::optional<Outcome>>());
        m_threads.emplace_back([this, work = std::move(work), outcome = m_outcomes.back().get()] {
            outcome->emplace(m_scene.store().database().write(work));
        });
    }
    void awaitQueued(std::uint64_t count) {
        while (m_scene.store().database().statistics().waiting < count) std::this_thread::yield();
    }
    const Outcome& outcome(std::size_t caller) {
        join();
        return m_outcomes.at(caller)->value();
    }
    void join() {
        for (std::thread& thread : m_threads) {
            if (thread.joinable()) thread.join();
        }
    }

 private:
    Scene& m_scene;
    std::vector<std::unique_ptr<std::optional<Outcome>>> m_outcomes;
    std::vector<std::thread> m_threads;
};

Outcome block(Connection& db, std::string_view key) {
    if (auto done = db.run("INSERT INTO blocked_keys (spki_sha256, at) VALUES (?1, 0)", {asBytes(key)}); !done) {
        return done.error();
    }
    return {};
}
std::function<Outcome(Connection&)> blocking(std::string key) {
    return [key = std::move(key)](Connection& db) { return block(db, key); };
}

constexpr std::string_view kBlockedKeys = "SELECT count(*) FROM blocked_keys";

// A batch whose members a test chooses: the first caller keeps the writer busy until all others are queued.
class WriterBatch : public ::testing::Test {
 protected:
    void TearDown() override {
        m_callers.join();
        m_scene.close();
    }
    void holdWriter() {
        m_gate.set(DiskGate::Mode::HoldSync);
        m_callers.start(blocking("first"));
        m_gate.awaitHeldSync();
    }

    DiskGate m_gate;
    std::atomic<int> m_syncFailures = 0;
    Scene m_scene{{.readers = 4, .onSyncFailure = [this](const Error&) { ++m_syncFailures; }}};
    Callers m_callers{m_scene};
};

TEST_F(WriterBatch, ReleasesACallerOnlyAfterTheSync) {
    std::atomic<bool> released = false;
    m_gate.set(DiskGate::Mode::HoldSync);
    std::thread caller([&] {
        must(m_scene.store().database().write(blocking("a")));
        released = true;
    });
    m_gate.awaitHeldSync();
    EXPECT_FALSE(released);
    EXPECT_EQ(m_scene.count(kBlockedKeys), 0);  // nor does a reader see it yet
    m_gate.set(DiskGate::Mode::Pass);
    caller.join();
    EXPECT_EQ(m_scene.count(kBlockedKeys), 1);
}

TEST_F(WriterBatch, CommitsWhateverWaitsTogether) {
    holdWriter();
    for (int caller = 0; caller < 20; ++caller) m_callers.start(blocking(std::to_string(caller)));
    m_callers.awaitQueued(20);
    const store::Statistics before = m_scene.store().database().statistics();
    m_gate.set(DiskGate::Mode::Pass);
    m_callers.join();
    const store::Statistics after = m_scene.store().database().statistics();
    EXPECT_EQ(after.transactions - before.transactions, 21u);
    EXPECT_EQ(after.commits - before.commits, 2u);  // the first caller's, and one for the twenty
    EXPECT_EQ(m_scene.count(kBlockedKeys), 21);
}

TEST_F(WriterBatch, RollsBackOnlyTheWorkThatFailed) {
    holdWriter();
    m_callers.start(blocking("before"));
    m_callers.start([](Connection& db) -> Outcome {
        TRY_VOID(block(db, "half"));
        return fail(ErrorKind::Conflict, "changed its mind");
    });
    m_callers.start(blocking("first"));  // not unique
    m_callers.start(blocking("after"));
    m_callers.awaitQueued(4);
    m_gate.set(DiskGate::Mode::Pass);
    EXPECT_EQ(kindOf(m_callers.outcome(1)), std::nullopt);
    EXPECT_EQ(kindOf(m_callers.outcome(2)), ErrorKind::Conflict);
    EXPECT_EQ(kindOf(m_callers.outcome(3)), ErrorKind::Conflict);
    EXPECT_EQ(kindOf(m_callers.outcome(4)), std::nullopt);
    EXPECT_EQ(m_scene.count(kBlockedKeys), 3);
}

TEST_F(WriterBatch, FailsEveryCallerWhenAnErrorEndsTheTransaction) {
    holdWriter();
    m_callers.start(blocking("before"));
    // What SQLite does on its own with SQLITE_FULL, IOERR and NOMEM.
    m_callers.start([](Connection& db) -> Outcome {
        TRY_VOID(db.run("ROLLBACK"));
        return fail(ErrorKind::Unavailable, "the disk is full");
    });
    m_callers.start(blocking("after"));
    m_callers.awaitQueued(3);
    m_gate.set(DiskGate::Mode::Pass);
    for (const std::size_t caller : {1u, 2u, 3u}) {
        EXPECT_EQ(kindOf(m_callers.outcome(caller)), ErrorKind::Unavailable) << caller;
    }
    EXPECT_EQ(m_scene.count(kBlockedKeys), 1);
    must(m_scene.store().database().write(blocking("later")));
    EXPECT_EQ(m_scene.count(kBlockedKeys), 2);
}

TEST_F(WriterBatch, TellsEveryCallerThatTheDiskIsFullAndGoesOnAfterwards) {
    m_gate.set(DiskGate::Mode::DiskFull);
    for (int caller = 0; caller < 8; ++caller) m_callers.start(blocking(std::to_string(caller)));
    for (std::size_t caller = 0; caller < 8; ++caller) {
        ASSERT_FALSE(m_callers.outcome(caller));
        EXPECT_EQ(m_callers.outcome(caller).error().kind, ErrorKind::Unavailable);
        EXPECT_NE(m_callers.outcome(caller).error().detail.find("the disk is full: free space"), std::string::npos);
    }
    m_gate.set(DiskGate::Mode::Pass);
    EXPECT_EQ(m_scene.count(kBlockedKeys), 0);
    must(m_scene.store().database().write(blocking("later")));
    EXPECT_EQ(m_scene.count(kBlockedKeys), 1);
    EXPECT_EQ(m_syncFailures, 0);
}

TEST_F(WriterBatch, StopsForGoodWhenASyncFails) {
    must(m_scene.store().database().write(blocking("good")));
    m_gate.set(DiskGate::Mode::FailSync);
    m_callers.start(blocking("lost"));
    EXPECT_EQ(kindOf(m_callers.outcome(0)), ErrorKind::Io);
    EXPECT_EQ(m_syncFailures, 1);
    m_gate.set(DiskGate::Mode::Pass);  // the next sync would succeed, and prove nothing
    EXPECT_EQ(kindOf(m_scene.store().database().write(blocking("later"))), ErrorKind::Io);
}

TEST(Writer, GivesAnExceptionToItsCallerAndLivesOn) {
    Scene scene;
    const auto broken = [](Connection& db) -> Outcome {
        TRY_VOID(block(db, "half"));
        throw std::logic_error("a broken invariant");
    };
    EXPECT_THROW((void)scene.store().database().write(broken), std::logic_error);
    must(scene.store().database().write(blocking("later")));
    EXPECT_EQ(scene.count(kBlockedKeys), 1);
}

TEST(Writer, NeedsFewerCommitsThanCallers) {
    Scene scene;
    std::vector<std::thread> threads;
    for (int caller = 0; caller < 16; ++caller) {
        threads.emplace_back([&scene, caller] {
            for (int turn = 0; turn < 25; ++turn) {
                must(scene.store().database().write(blocking(std::to_string(caller) + "." + std::to_string(turn))));
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    const store::Statistics statistics = scene.store().database().statistics();
    EXPECT_EQ(statistics.transactions, 400u);
    EXPECT_LT(statistics.commits, 400u);
    EXPECT_EQ(scene.count(kBlockedKeys), 400);
}

TEST(Writer, CopiesTheLogIntoTheDatabaseInAnIdleMoment) {
    Scene scene;
    must(scene.store().database().write(blocking("a")));
    while (scene.store().database().statistics().checkpoints == 0) std::this_thread::yield();
    EXPECT_GT(std::filesystem::file_size(scene.path()), 8192u);
}

}  // namespace
}  // namespace mailca::test
