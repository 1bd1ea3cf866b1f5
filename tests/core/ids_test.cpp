#include "core/ids.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/sequence_random.h"

namespace mailca {
namespace {

static_assert(!std::is_constructible_v<AccountId, OrderId>, "an order's id is no account's");
static_assert(!std::is_convertible_v<std::string, OrderId>, "text becomes an id by parse() alone");

// Hands out one octet, again and again.
class Constant final : public Random {
 public:
    explicit Constant(std::uint8_t octet) : m_octet(octet) {}
    void fill(std::span<std::uint8_t> out) override { std::fill(out.begin(), out.end(), m_octet); }

 private:
    std::uint8_t m_octet;
};

TEST(Id, IsSixteenRandomOctetsAndReadsItself) {
    SystemRandom random;
    const OrderId id = OrderId::random(random);
    EXPECT_EQ(id.text().size(), 22u);
    EXPECT_EQ(OrderId::parse(id.text()).value(), id);
    EXPECT_NE(OrderId::random(random), id);
}

TEST(Id, RefusesWhatNoIdLooksLike) {
    for (const char* text : {"", "short", "AAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAB",
                             "../../../../etc/passwd", "AAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA/"}) {
        EXPECT_FALSE(OrderId::parse(text)) << text;
    }
    EXPECT_TRUE(OrderId::parse("AAAAAAAAAAAAAAAAAAAAAA"));
}

TEST(Serial, IsPositiveAndBelowTwoToThe159WhateverTheRandomness) {  // D25
    for (const int octet : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
        Constant random(static_cast<std::uint8_t>(octet));
        const Serial serial = Serial::random(random);
        ASSERT_EQ(serial.bytes().size(), 20u);
        EXPECT_GE(serial.bytes()[0], 0x01);
        EXPECT_LE(serial.bytes()[0], 0x7F);
    }
}

TEST(Serial, DoesNotRepeat) {
    test::SequenceRandom random;
    std::set<Serial> seen;
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(Serial::random(random)).second);
}

TEST(Serial, ReadsOctetsAndHex) {
    EXPECT_EQ(Serial::fromBytes(Bytes{0, 0, 1, 2}).value().bytes(), (Bytes{1, 2}));
    EXPECT_EQ(Serial::fromHex("01:0A:ff").value().hex(), "010aff");
    EXPECT_EQ(Serial::fromHex("10a").value().hex(), "010a");
    EXPECT_EQ(Serial::fromHex("00000102").value(), Serial::fromBytes(Bytes{1, 2}).value());
}

TEST(Serial, RefusesZeroTooLongAndNegative) {  // D25
    EXPECT_FALSE(Serial::fromBytes(Bytes{}));
    EXPECT_FALSE(Serial::fromBytes(Bytes(20, 0)));
    EXPECT_FALSE(Serial::fromBytes(Bytes(21, 1)));
    EXPECT_FALSE(Serial::fromBytes(Bytes(20, 0x80)));
    EXPECT_TRUE(Serial::fromBytes(Bytes(20, 0x7F)));
    EXPECT_TRUE(Serial::fromBytes(Bytes(19, 0xFF)));
    for (const char* hex : {"", "0", "-1", "xyz", "0x10"}) EXPECT_FALSE(Serial::fromHex(hex)) << hex;
}

TEST(Random, TokensAreBase64UrlOfTheirLength) {
    SystemRandom random;
    EXPECT_EQ(fromBase64Url(random.token(15)).value().size(), 15u);
    EXPECT_NE(random.token(16), random.token(16));
}

}  // namespace
}  // namespace mailca
