// What a detached signature is made over.
#include "client/commands/mime_entity.h"

#include <gtest/gtest.h>

#include "tests/client/authority.h"

namespace mailca::client {
namespace {

using test::must;

TEST(SignableEntity, LeavesAMimeEntityAsItIsButForItsLineEnds) {
    const std::string entity = "Content-Type: text/html\r\nX: y\r\n\r\n<p>Hello\r\n";
    EXPECT_EQ(must(signableEntity(entity)), entity);
    EXPECT_EQ(must(signableEntity("Content-Type: text/html\nX: y\n\n<p>Hello\n")), entity);
}

TEST(SignableEntity, MakesTextOfEverythingElse) {
    struct Row {
        std::string content, entity;
    };
    const std::string type = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ";
    const std::vector<Row> rows{
        {"Hello\n", type + "7bit\r\n\r\nHello\r\n"},
        {"", type + "7bit\r\n\r\n"},
        {"Note: bring milk\n\nThanks", type + "7bit\r\n\r\nNote: bring milk\r\n\r\nThanks"},  // no Content-Type
        {"Gr\xC3\xBC\xC3\x9F"
         "e\n",
         type + "base64\r\n\r\nR3LDvMOfZQ0K\r\n"},
        {std::string("a\0b", 3), type + "base64\r\n\r\nYQBi\r\n"},
    };
    for (const Row& row : rows) EXPECT_EQ(must(signableEntity(row.content)), row.entity);
    EXPECT_NE(must(signableEntity(std::string(999, 'x'))).find("base64"), std::string::npos);
    EXPECT_EQ(must(signableEntity(std::string(998, 'x'))).find("base64"), std::string::npos);
}

TEST(SignableEntity, RefusesAnEntityThatServersMayChange) {
    for (const std::string& body : {std::string("Gr\xC3\xBC\xC3\x9F"
                                                "e\n"),
                                    std::string(999, 'x')}) {
        const auto entity = signableEntity("Content-Type: text/plain\n\n" + body);
        ASSERT_FALSE(entity);
        EXPECT_EQ(entity.error().kind, ErrorKind::Malformed);
        EXPECT_NE(entity.error().detail.find("--opaque"), std::string::npos);
    }
}

}  // namespace
}  // namespace mailca::client
