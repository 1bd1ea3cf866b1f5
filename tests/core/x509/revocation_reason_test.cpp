#include "core/x509/revocation_reason.h"

#include <gtest/gtest.h>

namespace mailca::x509 {
namespace {

TEST(RevocationReason, HasTheCodesOfRfc5280) {  // section 5.3.1; B47
    for (const auto& [name, code] : {std::pair{"unspecified", 0},
                                     {"keyCompromise", 1},
                                     {"affiliationChanged", 3},
                                     {"superseded", 4},
                                     {"cessationOfOperation", 5},
                                     {"privilegeWithdrawn", 9}}) {
        EXPECT_EQ(revocationReasonNamed(name), code);
        EXPECT_EQ(nameOfRevocationReason(code), name);
        EXPECT_NE(revocationReasonNames().find(name), std::string::npos);
    }
}

TEST(RevocationReason, LeavesOutWhatIsNotForMailboxes) {  // D50: certificateHold; cACompromise, removeFromCRL, ...
    for (const char* name : {"", "certificateHold", "cACompromise", "KeyCompromise", "1"}) {
        EXPECT_EQ(revocationReasonNamed(name), std::nullopt) << name;
    }
    EXPECT_EQ(nameOfRevocationReason(2), "other");
    EXPECT_EQ(nameOfRevocationReason(6), "other");
}

}  // namespace
}  // namespace mailca::x509
