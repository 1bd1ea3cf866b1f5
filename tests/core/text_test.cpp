#include "core/text.h"

#include <gtest/gtest.h>

namespace mailca {
namespace {

TEST(ToAsciiLower, TurnsTheLettersOfAsciiAndNothingElse) {
    EXPECT_EQ(toAsciiLower("AbYZ@[`{09"), "abyz@[`{09");
    EXPECT_EQ(toAsciiLower("J\xc3\x96RG \xc4\xb0"), "j\xc3\x96rg \xc4\xb0");  // UTF-8 stays as it is
    EXPECT_EQ(toAsciiLower(""), "");
}

TEST(EqualIgnoringCase, IsOfAsciiLettersAlone) {
    const struct {
        std::string_view a;
        std::string_view b;
        bool equal;
    } rows[] = {
        {"Content-Type", "content-TYPE", true},
        {"", "", true},
        {"a", "", false},
        {"list-", "list-id", false},
        {"@", "`", false},
        {"[", "{", false},
        {"\xc3\x96", "\xc3\xb6", false},
        {"\xd6", "\xf6", false},
    };
    for (const auto& row : rows) EXPECT_EQ(equalIgnoringCase(row.a, row.b), row.equal) << row.a << ", " << row.b;
}

}  // namespace
}  // namespace mailca
