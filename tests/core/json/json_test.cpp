#include "core/json/json.h"

#include <gtest/gtest.h>

#include "tests/support/mutate.h"

namespace mailca::json {
namespace {

TEST(Json, ReadsAndWritesInOrder) {
    const char* const text = R"({"b":[1,-2,true,null,"x"],"a":{"é":"\n\"\\"},"n":9223372036854775807})";
    EXPECT_EQ(parse(text).value().dump(), text);
}

TEST(Json, TellsTypesApart) {
    const Value value = parse(R"({"s":"1","i":1,"d":1.5,"b":false,"a":[],"z":null})").value();
    EXPECT_EQ(value.string("s"), "1");
    EXPECT_EQ(value.integer("i"), 1);
    EXPECT_EQ(value.boolean("b"), false);
    EXPECT_NE(value.array("a"), nullptr);
    EXPECT_TRUE(value.has("z"));
    EXPECT_FALSE(value.has("y"));
    EXPECT_FALSE(value.string("i") || value.integer("s") || value.integer("d") || value.boolean("s"));
    EXPECT_EQ(value.array("s"), nullptr);
    EXPECT_FALSE(Value("text").string("s"));
}

TEST(Json, RefusesKeysThatStandTwice) {  // B13
    for (const char* text : {R"({"a":1,"a":1})", R"({"x":{"a":1,"b":2,"a":3}})", R"([{"a":1,"\u0061":2}])"}) {
        const auto parsed = parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().kind, ErrorKind::Malformed);
        EXPECT_NE(parsed.error().detail.find("twice"), std::string::npos);
    }
    EXPECT_TRUE(parse(R"({"a":{"a":1},"b":{"a":1}})"));
}

TEST(Json, RefusesDepth) {  // B13
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(parse(nested(32)));
    EXPECT_FALSE(parse(nested(33)));
    EXPECT_FALSE(parse(std::string(1'000'000, '[')));
}

TEST(Json, RefusesNumbersThatDoNotFit) {  // B13
    for (const char* text : {"9223372036854775808", "18446744073709551615", "1e999", "-1e999", "01", "+1", "1.", ".5",
                             "0x10", "NaN", "Infinity"}) {
        EXPECT_FALSE(parse(text)) << text;
    }
    EXPECT_TRUE(parse("-9223372036854775808"));
}

TEST(Json, RefusesWhatIsNotJson) {
    for (const char* text : {"", " ", "{", "{}x", "{} {}", "{'a':1}", "{\"a\":1,}", "[1,]", "nul", "\"a", "\"\t\"",
                             "// c\n1", "{\"a\" 1}", "\"\\ud800\"", "\"\xFF\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\""}) {
        EXPECT_FALSE(parse(text)) << text;
    }
}

TEST(Json, SetReplacesInPlaceOrAppends) {
    Value value;
    value.set("a", 1).set("b", 2).set("a", "x");
    EXPECT_EQ(value.dump(), R"({"a":"x","b":2})");
}

TEST(Json, WritesForeignTextSafely) {
    EXPECT_EQ(Value("a\nb\x01\xFF").dump(), "\"a\\nb\\u0001\xEF\xBF\xBD\"");  // a bad octet becomes U+FFFD
}

TEST(Json, LivesThroughHostileInput) {
    test::mutate(toBytes(R"({"protected":"eyJh","payload":[1,2.5e3,{"x":null}],"signature":"\u00e9\ud83d\ude00"})"),
                 3000, [](ByteView variant) {
                     const auto parsed = parse(asText(variant));
                     EXPECT_TRUE(!parsed || parse(parsed->dump()));
                 });
}

}  // namespace
}  // namespace mailca::json
