// The end of the process at any instant: what was acknowledged is there, what was not is there wholly or not at all.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include <gtest/gtest.h>

#include "tests/store/check_invariants.h"
#include "tests/store/disk_gate.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

constexpr std::size_t kIdLength = 22;

// Issues and revokes in several threads for ever; writes the id of each order to the pipe once it is acknowledged.
[[noreturn]] void issueForEver(const std::string& path, int pipe) {
    const auto store = must(store::Store::open(path, {&shardOf, {}}));
    std::vector<std::thread> threads;
    for (std::uint64_t worker = 1; worker <= 4; ++worker) {
        threads.emplace_back([&store, pipe, worker] {
            Walker walker(*store, worker);
            const ra::Account account = walker.account();
            while (true) {
                const ra::IssuedOrder issued = walker.issue(account.id);
                if (::write(pipe, issued.order.text().data(), kIdLength) < 0) ::_exit(1);
                must(store->certificates().revoke(walker.revocation(issued.items.front().record.id)));
            }
        });
    }
    threads.front().join();
    ::_exit(1);
}

std::vector<OrderId> acknowledgedBefore(pid_t child, int pipe, std::size_t enough) {
    std::vector<OrderId> acknowledged;
    std::string id(kIdLength, ' ');
    while (::read(pipe, id.data(), id.size()) == static_cast<ssize_t>(id.size())) {
        acknowledged.push_back(must(OrderId::parse(id)));
        if (acknowledged.size() == enough) ::kill(child, SIGKILL);
    }
    return acknowledged;
}

TEST(Crash, LosesNothingThatWasAcknowledged) {
    const TempDir dir;
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) issueForEver(dir.file("a.db"), ends[1]);
    ::close(ends[1]);
    const std::vector<OrderId> acknowledged = acknowledgedBefore(child, ends[0], 40);
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));

    const auto store = must(store::Store::open(dir.file("a.db"), {&shardOf, {}}));
    ASSERT_GE(acknowledged.size(), 40u);
    for (const OrderId& id : acknowledged) {
        const auto view = store->orders().find(id);
        ASSERT_TRUE(view) << id.text();
        EXPECT_TRUE(std::holds_alternative<ra::Finished>(view->order.state)) << id.text();
    }
    EXPECT_EQ(CheckInvariants(dir.file("a.db")), std::vector<std::string>{});
    must(store->issuance().closeOrphans(fromUnix(1795435200)));
    EXPECT_EQ(CheckInvariants(dir.file("a.db")), std::vector<std::string>{});
}

TEST(CrashDeathTest, AFailedSyncEndsTheProcess) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            DiskGate gate;
            Scene scene;
            gate.set(DiskGate::Mode::FailSync);
            (void)scene.account();
        },
        ::testing::ExitedWithCode(70), "store.sync_failed");
}

// In an idle moment, when nobody waits for a commit.
TEST(CrashDeathTest, AFailedSyncOfACheckpointDoesToo) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            DiskGate gate;
            Scene scene;
            (void)scene.account();
            gate.set(DiskGate::Mode::FailSync);
            std::this_thread::sleep_for(60s);
        },
        ::testing::ExitedWithCode(70), "store.sync_failed");
}

}  // namespace
}  // namespace mailca::test
