#include "core/bytes.h"

#include <gtest/gtest.h>

namespace mailca {
namespace {

TEST(Base64Url, FollowsRfc7515AppendixC) {
    const Bytes octets{3, 236, 255, 224, 193};
    EXPECT_EQ(toBase64Url(octets), "A-z_4ME");
    EXPECT_EQ(fromBase64Url("A-z_4ME").value(), octets);
}

TEST(Base64Url, RefusesPaddingAndEverythingElseOutsideItsAlphabet) {  // B1
    for (const char* text : {"A-z_4ME=", "A+z/4ME", "A-z_ 4ME", "A-z_4ME\n", "A", "A-z_4", "QQ==", "QQ=", "é"}) {
        EXPECT_FALSE(fromBase64Url(text)) << text;
    }
}

TEST(Base64Url, RefusesStrayTailBits) {  // "QQ" is 'A'; "QR" would be 'A' too
    EXPECT_TRUE(fromBase64Url("QQ"));
    EXPECT_FALSE(fromBase64Url("QR"));
}

TEST(Base64, FollowsRfc4648Section10) {
    EXPECT_EQ(toBase64(asBytes("")), "");
    EXPECT_EQ(toBase64(asBytes("f")), "Zg==");
    EXPECT_EQ(toBase64(asBytes("foobar")), "Zm9vYmFy");
    EXPECT_EQ(asText(fromBase64("Zm9vYg==").value()), "foob");
    EXPECT_TRUE(fromBase64("").value().empty());
}

TEST(Base64, WantsItsPaddingAndNoWhiteSpace) {
    for (const char* text : {"Zg", "Zg=", "Zm9v\r\nYmFy", " Zg==", "Zg===", "Z=g="})
        EXPECT_FALSE(fromBase64(text)) << text;
}

TEST(Hex, ReadsEitherCaseAndWritesLower) {
    EXPECT_EQ(toHex(Bytes{0x00, 0xAB, 0xff}), "00abff");
    EXPECT_EQ(fromHex("00ABff").value(), (Bytes{0x00, 0xAB, 0xff}));
    for (const char* text : {"0", "0g", "0x00", " 00", "00 "}) EXPECT_FALSE(fromHex(text)) << text;
}

TEST(Bytes, RoundTripAtEveryLength) {
    Bytes octets;
    for (int length = 0; length < 70; ++length) {
        EXPECT_EQ(fromBase64Url(toBase64Url(octets)).value(), octets);
        EXPECT_EQ(fromBase64(toBase64(octets)).value(), octets);
        EXPECT_EQ(fromHex(toHex(octets)).value(), octets);
        octets.push_back(static_cast<std::uint8_t>(length * 37 + 11));
    }
}

TEST(EqualConstantTime, ComparesContentAndLength) {
    EXPECT_TRUE(equalConstantTime(asBytes("same"), asBytes("same")));
    EXPECT_TRUE(equalConstantTime({}, {}));
    EXPECT_FALSE(equalConstantTime(asBytes("same"), asBytes("Same")));
    EXPECT_FALSE(equalConstantTime(asBytes("same"), asBytes("sam")));
}

}  // namespace
}  // namespace mailca
