#include "dns/rdata.h"

#include <gtest/gtest.h>

namespace mailca::dns {
namespace {

std::string octets(std::initializer_list<int> values, std::string_view tail = "") {
    std::string text;
    for (const int value : values) text += static_cast<char>(value);
    return text + std::string(tail);
}

TEST(TxtRdata, JoinsItsStrings) {  // J6
    EXPECT_EQ(*parseTxt(asBytes(octets({3}, "abc"))), "abc");
    EXPECT_EQ(*parseTxt(asBytes(octets({1}, "a") + octets({0}) + octets({2}, "bc"))), "abc");
    EXPECT_EQ(*parseTxt(asBytes(octets({0}))), "");
    EXPECT_EQ(*parseTxt(asBytes(octets({255}, std::string(255, 'x')) + octets({1}, "y"))), std::string(255, 'x') + "y");
}

TEST(TxtRdata, RefusesWhatIsCutOff) {
    for (const std::string& rdata : {octets({}), octets({4}, "abc"), octets({3}, "abc") + octets({1})}) {
        EXPECT_FALSE(parseTxt(asBytes(rdata)));
    }
}

TEST(CaaRdata, ReadsFlagsTagAndValue) {  // C18-C21
    const Result<CaaRecord> record = parseCaa(asBytes(octets({128, 9}, "issueMAILca.example; a=b")));
    ASSERT_TRUE(record) << record.error().text();
    EXPECT_EQ(*record, (CaaRecord{128, "issuemail", "ca.example; a=b"}));
    EXPECT_EQ(*parseCaa(asBytes(octets({0, 5}, "issue"))), (CaaRecord{0, "issue", ""}));
    EXPECT_EQ(parseCaa(asBytes(octets({0, 1}, "x") + octets({0, 255})))->value.size(), 2U);  // values are octets
}

TEST(CaaRdata, RefusesWhatIsNoCaa) {
    for (const std::string& rdata : {octets({}), octets({0}), octets({0, 0}, "x"), octets({0, 6}, "issue"),
                                     octets({0, 5}, "iss-e"), octets({0, 2}, "\xc3\xa4"), octets({0, 1, 0})}) {
        EXPECT_FALSE(parseCaa(asBytes(rdata)));
    }
}

TEST(QueryName, IsOfPlainLabels) {
    for (const std::string& name : {std::string("example.org"), std::string("sel._domainkey.xn--exmple-cua.org"),
                                    std::string("a"), std::string("example.org."), std::string(63, 'a') + ".org"}) {
        EXPECT_TRUE(isQueryName(name)) << name;
    }
    std::string longest;
    while (longest.size() < 250) longest += "abcdefghi.";
    EXPECT_TRUE(isQueryName(longest + "abc"));
    for (const std::string& name :
         {std::string(), std::string("."), std::string("a..b"), std::string(".a"), std::string("a b.org"),
          std::string("a\\046b.org"), std::string("*.org"), std::string("ex\xc3\xa4mple.org"),
          std::string(64, 'a') + ".org", std::string("a\0b", 3), longest + "abcd"}) {
        EXPECT_FALSE(isQueryName(name)) << name;
    }
}

}  // namespace
}  // namespace mailca::dns
