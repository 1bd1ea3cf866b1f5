// The disk is full from any one write of a whole enrollment on: a clear error, and with room again the enrollment goes
// on to its end.
#include "tests/faults/expectations.h"
#include "tests/store/disk_gate.h"

namespace mailca::test {
namespace {

TEST(FullDisk, AtAnyWriteLosesNothing) {
    for (int writes = 0; !::testing::Test::HasFailure(); ++writes) {
        SCOPED_TRACE("after " + std::to_string(writes) + " writes");
        DiskGate gate;  // before the town: its database goes through it
        Town town;
        gate.fillUpAfter(writes);
        const auto troubles = town.enrollAtLast([&] {
            EXPECT_EQ(CheckInvariants(town.database()), std::vector<std::string>{}) << "full as it is";
            gate.set(DiskGate::Mode::Pass);
        });
        const bool wasFull = gate.isFull() || !troubles.empty();
        gate.set(DiskGate::Mode::Pass);
        expectClear(troubles, "database or disk is full");  // as SQLite says it
        town.settle();
        expectOneEnrollment(town);
        if (wasFull) continue;
        EXPECT_GT(writes, 20) << "an enrollment makes more writes than that";
        return;
    }
}

}  // namespace
}  // namespace mailca::test
