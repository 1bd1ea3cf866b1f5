#include "core/secret.h"

#include <gtest/gtest.h>

#include <ostream>
#include <type_traits>

namespace mailca {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret> && std::is_nothrow_move_assignable_v<Secret>);
static_assert(!Printable<Secret>, "a secret must not reach a log by accident");
static_assert(!std::is_convertible_v<Secret, std::string> && !std::is_convertible_v<std::string, Secret>);

TEST(Secret, StartsZeroed) {
    const Secret secret(64);
    EXPECT_TRUE(secret.equals(Bytes(64, 0)));
}

TEST(Secret, TakingWipesTheSource) {
    std::string text = "a pass-phrase too long for the small string's own room";
    const char* const where = text.data();
    const std::size_t length = text.size();
    const Secret secret = Secret::take(text);
    EXPECT_TRUE(text.empty());
    EXPECT_EQ(std::string(where, length), std::string(length, '\0'));  // the string still owns these octets
    EXPECT_EQ(secret.text(), "a pass-phrase too long for the small string's own room");

    Bytes bytes(40, 0xAA);
    const std::uint8_t* const at = bytes.data();
    const Secret second = Secret::take(bytes);
    EXPECT_EQ(Bytes(at, at + 40), Bytes(40, 0));
    EXPECT_TRUE(second.equals(Bytes(40, 0xAA)));
}

TEST(Secret, MovesAndLeavesNothingBehind) {
    Secret first = Secret::copyOf(asBytes("hush"));
    Secret second = std::move(first);
    EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is the promise
    EXPECT_EQ(second.text(), "hush");
    Secret third;
    third = std::move(second);
    EXPECT_EQ(third.text(), "hush");
}

TEST(Secret, ComparesByContent) {
    const Secret secret = Secret::copyOf(asBytes("hush"));
    EXPECT_TRUE(secret.equals(asBytes("hush")));
    EXPECT_FALSE(secret.equals(asBytes("hust")));
    EXPECT_FALSE(secret.equals(asBytes("hus")));
    EXPECT_TRUE(Secret().empty());
    EXPECT_TRUE(Secret().equals({}));
}

}  // namespace
}  // namespace mailca
