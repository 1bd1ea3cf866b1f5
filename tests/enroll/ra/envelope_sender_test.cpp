#include "enroll/ra/envelope_sender.h"

#include <gtest/gtest.h>

namespace mailca::ra {
namespace {

TEST(EnvelopeSender, IsUnguessableAndNamesItsRow) {  // A32
    SystemRandom random;
    const EmailAddress from = EmailAddress::parse("acme@ca.example").value();
    const Bytes sha256(32, 7);
    const EmailAddress one = envelopeSender(from, sha256, random).value(),
                       two = envelopeSender(from, sha256, random).value();
    EXPECT_NE(one, two);
    EXPECT_EQ(one.domain(), "ca.example");
    EXPECT_EQ(one.local().substr(0, 5), "acme+");
    EXPECT_EQ(one.local().size(), 5U + 32);
    EXPECT_EQ(rowOfEnvelopeSender(one), Bytes(8, 7));
    const EmailAddress longest = EmailAddress::parse(std::string(kLongestSenderLocal, 'a') + "@ca.example").value();
    EXPECT_TRUE(envelopeSender(longest, sha256, random));
}

TEST(EnvelopeSender, OthersNameNone) {
    for (const char* text :
         {"acme@ca.example", "acme+@ca.example", "acme+AAAA@ca.example",
          "acme+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA@ca.example", "acme+AAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAA@ca.example"}) {
        const auto address = EmailAddress::parse(text);
        ASSERT_TRUE(address) << text << ": " << address.error().detail;
        EXPECT_EQ(rowOfEnvelopeSender(*address), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace mailca::ra
