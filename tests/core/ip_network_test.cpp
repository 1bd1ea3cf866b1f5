#include "core/ip_network.h"

#include <gtest/gtest.h>

namespace mailca {
namespace {

TEST(IpNetwork, IsReadAndWritten) {
    for (const char* text : {"192.0.2.0/24", "0.0.0.0/0", "192.0.2.7/32", "2001:db8::/32", "::/0", "2001:db8::1/128",
                             "198.51.100.128/25", "2001:db8:0:8000::/49"}) {
        const auto network = IpNetwork::parse(text);
        ASSERT_TRUE(network) << text;
        EXPECT_EQ(network->text(), text);
    }
    EXPECT_EQ(IpNetwork::parse("192.0.2.7")->text(), "192.0.2.7/32");
    EXPECT_EQ(IpNetwork::parse("2001:DB8::1")->text(), "2001:db8::1/128");
}

TEST(IpNetwork, RefusesWhatIsNone) {
    for (const char* text : {"", "/8", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/8x", "192.0.2.1/24",
                             "2001:db8::/129", "2001:db8::1/64", "192.0.2", "host.example", "192.0.2.0/24/24"}) {
        const auto network = IpNetwork::parse(text);
        ASSERT_FALSE(network) << text;
        EXPECT_EQ(network.error().kind, ErrorKind::Parse);
    }
}

TEST(IpNetwork, ContainsItsAddresses) {
    struct Case {
        const char *network, *other;
        bool contains;
    };
    for (const Case& one : {Case{"192.0.2.0/24", "192.0.2.255", true}, Case{"192.0.2.0/24", "192.0.3.0", false},
                            Case{"192.0.2.0/24", "192.0.0.0/16", false}, Case{"0.0.0.0/0", "192.0.2.1", true},
                            Case{"0.0.0.0/0", "::1", false}, Case{"2001:db8::/33", "2001:db8:7fff::/48", true},
                            Case{"2001:db8::/33", "2001:db8:8000::/48", false}}) {
        EXPECT_EQ(IpNetwork::parse(one.network)->contains(*IpNetwork::parse(one.other)), one.contains)
            << one.network << " " << one.other;
    }
}

TEST(IpNetwork, AClientIsItsAddressOrItsIpv6Link) {
    EXPECT_EQ(IpNetwork::ofClient("192.0.2.7")->text(), "192.0.2.7/32");
    EXPECT_EQ(IpNetwork::ofClient("2001:db8:1:2:3:4:5:6")->text(), "2001:db8:1:2::/64");
    EXPECT_EQ(IpNetwork::ofClient("::ffff:192.0.2.7")->text(), "192.0.2.7/32");
    EXPECT_FALSE(IpNetwork::ofClient("2001:db8::/64"));
    EXPECT_FALSE(IpNetwork::ofClient(""));
}

}  // namespace
}  // namespace mailca
