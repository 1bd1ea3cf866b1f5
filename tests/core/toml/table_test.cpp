#include "core/toml/table.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace mailca::toml {
namespace {

Table parsed(const char* text) {
    return Table::parse(text, "mailcad.toml").value();
}

// The one sentence an operator gets.
template <typename T>
std::string why(const Result<T>& result) {
    return result ? "no error" : std::string(factsOf(result.error().kind).name) + " " + result.error().detail;
}

TEST(Table, ReadsWhatIsThere) {
    Table table =
        parsed("s = 'x'\ni = 3\nb = true\nl = ['a', 'b']\nn = [1, 2]\n[t]\nk = 'v'\n[[r]]\nk = 1\n[[r]]\nk = 2\n");
    EXPECT_EQ(table.string("s").value(), "x");
    EXPECT_EQ(table.integer("i").value(), 3);
    EXPECT_EQ(table.booleanOr("b", false).value(), true);
    EXPECT_EQ(table.strings("l").value(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(table.integersOr("n", {}).value(), (std::vector<std::int64_t>{1, 2}));
    Table inner = table.table("t").value();
    EXPECT_EQ(inner.string("k").value(), "v");
    std::vector<Table> rows = table.tables("r").value();
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].integer("k").value(), 1);
    EXPECT_EQ(rows[1].integer("k").value(), 2);
    EXPECT_TRUE(table.finish());
}

TEST(Table, FallsBackOnlyForWhatIsAbsent) {
    Table table = parsed("port = 'many'");
    EXPECT_EQ(table.stringOr("name", "x").value(), "x");
    EXPECT_EQ(table.integerOr("size", 9).value(), 9);
    EXPECT_EQ(table.optionalString("name").value(), std::nullopt);
    EXPECT_FALSE(table.optionalTable("t").value());
    EXPECT_TRUE(table.tables("r").value().empty());
    EXPECT_EQ(why(table.integerOr("port", 9)), "Config mailcad.toml:1: port must be a whole number");
}

TEST(Table, NamesTheLineOfAnUnknownKey) {
    Table table = parsed("a = 1\n\nprot = 9200\n");
    EXPECT_TRUE(table.integer("a"));
    EXPECT_EQ(why(table.finish()), "Config mailcad.toml:3: prot is not a key that belongs here");
}

TEST(Table, FindsUnknownKeysInTablesThatWereTaken) {
    Table table = parsed("[mail.smtp]\nhost = 'h'\nhots = 'h'\n");
    Table mail = table.table("mail").value();
    Table smtp = mail.table("smtp").value();
    EXPECT_TRUE(smtp.string("host"));
    EXPECT_EQ(why(table.finish()), "Config mailcad.toml:3: mail.smtp.hots is not a key that belongs here");
}

TEST(Table, RefusesMissingKeysAndWrongTypes) {
    Table table = parsed("s = 1\ni = '1'\nf = 1.5\nl = ['a', 1]\nt = 'x'\nr = [1]\nb = 0\n");
    EXPECT_EQ(why(table.string("absent")), "Config mailcad.toml:1: absent is missing");
    EXPECT_EQ(why(table.string("s")), "Config mailcad.toml:1: s must be a string");
    EXPECT_EQ(why(table.integer("i")), "Config mailcad.toml:2: i must be a whole number");
    EXPECT_EQ(why(table.integer("f")), "Config mailcad.toml:3: f must be a whole number");
    EXPECT_EQ(why(table.strings("l")), "Config mailcad.toml:4: l must be a list of strings");
    EXPECT_EQ(why(table.table("t")), "Config mailcad.toml:5: t must be a table");
    EXPECT_EQ(why(table.tables("r")), "Config mailcad.toml:6: r must be a list of tables");
    EXPECT_EQ(why(table.booleanOr("b", true)), "Config mailcad.toml:7: b must be true or false");
}

TEST(Table, RefusesWhatIsNotToml) {
    for (const char* text : {"a", "a = ", "a = 1\na = 2", "[t]\n[t]", "a = 99999999999999999999", "a = '\xFF'"}) {
        const auto result = Table::parse(text, "mailcad.toml");
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().kind, ErrorKind::Config);
        EXPECT_TRUE(result.error().detail.starts_with("mailcad.toml:")) << result.error().detail;
    }
}

TEST(Table, LoadsAFileOrSaysWhichOneItCouldNot) {
    const test::TempDir folder;
    test::writeFile(folder.file("good.toml"), "a = 1\n");
    EXPECT_EQ(Table::load(folder.file("good.toml")).value().integer("a").value(), 1);
    EXPECT_NE(why(Table::load(folder.file("absent.toml"))).find("absent.toml"), std::string::npos);
}

}  // namespace
}  // namespace mailca::toml
