#include "core/http/url.h"

#include <gtest/gtest.h>

namespace mailca::http {
namespace {

TEST(PercentEncoding, HoldsAnAddressWhole) {
    EXPECT_EQ(percentEncoded("a+b/c?d@example.org"), "a%2Bb%2Fc%3Fd@example.org");
    EXPECT_EQ(percentEncoded("&=\xC3\xA4\n"), "%26%3D%C3%A4%0A");
    EXPECT_EQ(percentDecoded("a%2Bb%2fc%3Fd@example.org").value(), "a+b/c?d@example.org");
}

TEST(PercentEncoding, RefusesHalfOfOne) {
    for (const char* text : {"a%2", "a%", "a%zz", "%%20"}) EXPECT_FALSE(percentDecoded(text)) << text;
}

}  // namespace
}  // namespace mailca::http
