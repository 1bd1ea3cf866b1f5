// The store fails at any one call of a whole enrollment: the client gets its certificate in the end, by its own trying
// again or with a clear error and a second run, and nothing is there twice.
#include "tests/faults/expectations.h"

namespace mailca::test {
namespace {

// An answer is lost only when the process ends: the next run finds a daemon that was started again.
class StoreFailure : public ::testing::TestWithParam<Fault> {};

TEST_P(StoreFailure, AtAnyCallLosesAndDoublesNothing) {
    for (int call = 1; !HasFailure(); ++call) {
        SCOPED_TRACE("call " + std::to_string(call));
        Town town;
        town.rooms().faults.arm(call, GetParam());
        bool struck = false;
        const auto troubles = town.enrollAtLast([&] {
            struck = struck || town.rooms().faults.struck();
            if (GetParam() == Fault::After) town.restartDaemon();
        });
        struck = struck || town.rooms().faults.struck();
        expectClear(troubles, "the store fails here");
        expectOneEnrollment(town);
        if (struck) continue;
        EXPECT_GT(call, 30) << "an enrollment makes more calls than that";
        return;
    }
}

INSTANTIATE_TEST_SUITE_P(Of, StoreFailure, ::testing::Values(Fault::Before, Fault::After), [](const auto& test) {
    return test.param == Fault::Before ? "WithNothingDone" : "WithItsAnswerLost";
});

}  // namespace
}  // namespace mailca::test
