// What must be true after an enrollment, whatever went wrong on the way.
#pragma once

#include <gtest/gtest.h>

#include "tests/faults/town.h"
#include "tests/store/check_invariants.h"

namespace mailca::test {

inline void expectOneEnrollment(Town& town) {
    EXPECT_EQ(CheckInvariants(town.database(), 1), std::vector<std::string>{});
    for (const char* const table : {"accounts", "certificates", "exchange_entries", "orders WHERE state = 2"}) {
        EXPECT_EQ(town.rooms().count("SELECT count(*) FROM " + std::string(table)), 1) << table;
    }
    EXPECT_EQ(town.enroll()->object.string("status"), "already-enrolled");
}

// Our own trouble, told as such and without our inside: a word of the store would be one of it.
inline void expectClear(const std::vector<Error>& troubles, std::string_view inside) {
    EXPECT_LE(troubles.size(), 1u);
    for (const Error& trouble : troubles) {
        EXPECT_TRUE(trouble.kind == ErrorKind::ServerInternal || trouble.kind == ErrorKind::Unavailable)
            << trouble.text();
        EXPECT_EQ(trouble.text().find(inside), std::string::npos) << trouble.text();
    }
}

}  // namespace mailca::test
