#include "web/request.h"

#include <gtest/gtest.h>

#include "web/origin.h"

namespace mailca::web {
namespace {

TEST(DecodePercent, DecodesStrictly) {
    const struct {
        std::string_view text;
        std::optional<std::string> decoded;
    } table[] = {
        {"plain", "plain"},     {"a%40b", "a@b"},       {"%2f%2F", "//"},
        {"a+b", "a+b"},         {"%c3%a9", "\xc3\xa9"}, {"", ""},
        {"%", std::nullopt},    {"%4", std::nullopt},   {"%4g", std::nullopt},
        {"%g4", std::nullopt},  {"%00", std::nullopt},  {"a%", std::nullopt},
        {"% 41", std::nullopt},
    };
    for (const auto& row : table) {
        const auto decoded = decodePercent(row.text);
        ASSERT_EQ(decoded.has_value(), row.decoded.has_value()) << row.text;
        if (decoded) {
            EXPECT_EQ(*decoded, *row.decoded) << row.text;
        }
    }
}

TEST(Request, FindsQueryParametersDecoded) {
    Request request;
    request.query = "mailbox=a%40b.example&x=&role=sign+me&bare";
    EXPECT_EQ(request.queryParameter("mailbox").value(), "a@b.example");
    EXPECT_EQ(request.queryParameter("x").value(), "");
    EXPECT_EQ(request.queryParameter("bare").value(), "");
    EXPECT_EQ(request.queryParameter("role").value(), "sign me");
    EXPECT_EQ(request.queryParameter("absent").value(), std::nullopt);
}

TEST(Request, RefusesDoubledAndBrokenQueryParameters) {
    Request request;
    request.query = "a=1&b=%zz&a=2";
    EXPECT_EQ(request.queryParameter("a").error().kind, ErrorKind::Malformed);
    EXPECT_EQ(request.queryParameter("b").error().kind, ErrorKind::Malformed);
}

TEST(HeaderFields, CompareNamesWithoutCaseAndKeepDoubles) {
    HeaderFields fields;
    fields.add("Accept", "text/html");
    fields.add("aCCEPT", "*/*");
    EXPECT_EQ(fields.find("ACCEPT"), "text/html");
    EXPECT_EQ(fields.count("accept"), 2U);
    EXPECT_EQ(fields.all("accept").back(), "*/*");
    EXPECT_FALSE(fields.find("Accep"));
    fields.remove("accept");
    EXPECT_EQ(fields.count("Accept"), 0U);
}

class Origin : public testing::Test {
 protected:
    Request settled(std::initializer_list<std::pair<const char*, const char*>> fields, std::string_view secret) {
        Request request;
        for (const auto& [name, value] : fields) request.headers.add(name, value);
        settleOrigin(request, "127.0.0.1", Secret::copyOf(asBytes(secret)));
        return request;
    }
};

TEST_F(Origin, BelievesTheProxyThatKnowsTheSecret) {
    const auto request = settled(
        {{"X-Proxy-Secret", "s3cret"}, {"X-Real-IP", "2001:DB8:0::1"}, {"X-Client-Verify", "SUCCESS"}}, "s3cret");
    EXPECT_EQ(request.via, Via::Proxy);
    EXPECT_EQ(request.peer, "2001:db8::1");
    EXPECT_EQ(request.header("X-Client-Verify"), "SUCCESS");
    EXPECT_FALSE(request.header("X-Proxy-Secret"));  // no handler needs it, so no handler can leak it
}

TEST_F(Origin, BelievesNobodyElse) {
    const struct {
        const char* claimed;
        std::string_view secret;
    } table[] = {{"wrong!", "s3cret"}, {"s3cre", "s3cret"}, {"", "s3cret"}, {"", ""}, {"s3cret", ""}};
    for (const auto& row : table) {
        const auto request = settled(
            {{"x-proxy-secret", row.claimed}, {"X-Real-IP", "192.0.2.9"}, {"x-client-cert", "forged"}}, row.secret);
        EXPECT_EQ(request.via, Via::Direct) << row.claimed;
        EXPECT_EQ(request.peer, "127.0.0.1");
        EXPECT_FALSE(request.header("X-Real-IP"));
        EXPECT_FALSE(request.header("X-Client-Cert"));
    }
    EXPECT_EQ(settled({{"X-Proxy-Secret", "no"}, {"X-Proxy-Secret", "s3cret"}}, "s3cret").via, Via::Direct);
}

TEST_F(Origin, KeepsTheSocketsAddressWhenTheProxyNamesNone) {
    EXPECT_EQ(settled({{"X-Proxy-Secret", "s"}, {"X-Real-IP", "evil\" }"}}, "s").peer, "127.0.0.1");
    EXPECT_EQ(settled({{"X-Proxy-Secret", "s"}, {"X-Real-IP", "192.0.2.1"}, {"X-Real-IP", "192.0.2.2"}}, "s").peer,
              "127.0.0.1");
}

}  // namespace
}  // namespace mailca::web
