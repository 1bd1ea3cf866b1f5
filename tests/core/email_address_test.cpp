#include "core/email_address.h"

#include <gtest/gtest.h>

namespace mailca {
namespace {

struct Good {
    const char* text;
    const char* canonical;
};

class GoodAddress : public testing::TestWithParam<Good> {};
INSTANTIATE_TEST_SUITE_P(
    H1toH12, GoodAddress,
    testing::Values(Good{"alice@example.org", "alice@example.org"}, Good{"Alice@Example.ORG", "Alice@example.org"},
                    Good{"a.b+tag@mail.example.org", "a.b+tag@mail.example.org"},
                    Good{"#$&'+-/=?^_`{|}~@example.org", "#$&'+-/=?^_`{|}~@example.org"},
                    Good{"a@1.example", "a@1.example"}, Good{"a@x-1.example", "a@x-1.example"},
                    Good{"a@b\xC3\xBC"
                         "cher.example",
                         "a@xn--bcher-kva.example"},
                    Good{"a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example"},
                    Good{"a@fa\xC3\x9F.example", "a@xn--fa-hia.example"},  // IDNA2008 keeps the sharp s
                    Good{"a@\xE4\xBE\x8B\xE3\x81\x88.\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88", "a@xn--r8jz45g.xn--zckzah"},
                    Good{"\xCE\xB4\xCE\xBF\xCE\xBA\xCE\xB9\xCE\xBC\xCE\xAE@example.org",
                         "\xCE\xB4\xCE\xBF\xCE\xBA\xCE\xB9\xCE\xBC\xCE\xAE@example.org"}));

TEST_P(GoodAddress, IsParsedIntoItsCanonicalForm) {
    const auto parsed = EmailAddress::parse(GetParam().text);
    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(parsed->text(), GetParam().canonical);
    EXPECT_EQ(EmailAddress::parse(parsed->text()).value(), *parsed);  // the canonical form is stable
}

class BadAddress : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(
    Grammar, BadAddress,  // H1, H2, H10
    testing::Values("", "@", "alice", "alice@", "@example.org", "alice@@example.org", "a@b@example.org",
                    "Alice <alice@example.org>", "<alice@example.org>", "alice@example.org (Alice)",
                    "@relay.example:alice@example.org", "alice%example.net@example.org",
                    "example.net!alice@example.org", "*@example.org", "a*b@example.org", "alice@*.example.org",
                    "\"alice\"@example.org", "\"a b\"@example.org", "a b@example.org", " alice@example.org",
                    "alice@example.org ", ".alice@example.org", "alice.@example.org", "al..ice@example.org",
                    "a,b@example.org", "a;b@example.org", "a\\b@example.org", "a:b@example.org", "a(b@example.org",
                    "a[b@example.org", "alice@[127.0.0.1]", "alice@[IPv6:::1]", "alice@127.0.0.1", "alice@localhost",
                    "alice@example.org.", "alice@.example.org", "alice@example..org", "alice@-example.org",
                    "alice@example-.org", "alice@exa_mple.org", "alice@ab--cd.example", "alice@exam ple.org",
                    "alice@example.org\r\nBcc: x@y.z", "alice\r\n@example.org", "alice@example.org\n",
                    "alice\t@example.org", "alice@example.org,bob@example.org", std::string("alice\0@example.org", 18),
                    std::string("alice@example.org\0", 18), std::string("alice@exam\0ple.org", 18),
                    "alice\x7F@example.org"));
INSTANTIATE_TEST_SUITE_P(Lengths, BadAddress,
                         testing::Values(std::string(65, 'a') + "@example.org", "a@" + std::string(64, 'a') + ".org",
                                         "a@" + std::string(60, 'a') + "." + std::string(60, 'b') + "." +
                                             std::string(60, 'c') + "." + std::string(60, 'd') + "." +
                                             std::string(20, 'e')));
INSTANTIATE_TEST_SUITE_P(Unicode, BadAddress,  // H3, H8
                         testing::Values("a@B\xC3\x9C"
                                         "CHER.example",  // no mapping of case
                                         "a@bu\xCC\x88"
                                         "cher.example",              // not NFC
                                         "a@\xEF\xBD\x85xample.org",  // a fullwidth e
                                         "a@example\xE3\x80\x82org",  // an ideographic full stop
                                         "a@\xE2\x98\x83.net",
                                         "a@xn--n3h.net",  // a snowman, spelled out and as an A-label
                                         "a@xn--a.example", "a@xn--.example", "a@xn--abc-.example", "a@\xFF.org",
                                         "\xC3@example.org", "\xC0\xAF@example.org", "\xED\xA0\x80@example.org",
                                         "\xF4\x90\x80\x80@example.org", "\xE0\x80\x80@example.org",
                                         "a\xE2\x80\xAE"
                                         "b@example.org",  // bidi override
                                         "a\xD8\x9C"
                                         "b@example.org",  // Arabic letter mark
                                         "a\xE2\x80\x8B"
                                         "b@example.org",  // zero width space
                                         "a\xC2\xA0"
                                         "b@example.org",  // no-break space
                                         "a\xC2\x85"
                                         "b@example.org",  // C1 control
                                         "a\xE2\x80\xA8"
                                         "b@example.org",  // line separator
                                         "\xEF\xBB\xBF"
                                         "a@example.org",  // byte order mark
                                         "a\xEF\xBF\xBF@example.org",
                                         "a\xF0\x9F\xBF\xBE@example.org"));  // noncharacters

TEST_P(BadAddress, IsRefusedWithAReason) {
    const auto parsed = EmailAddress::parse(GetParam());
    ASSERT_FALSE(parsed) << GetParam();
    EXPECT_EQ(parsed.error().kind, ErrorKind::Parse);
    EXPECT_GT(parsed.error().detail.size(), std::string("not a mailbox address: ").size());
}

TEST(EmailAddress, TakesTheLongestThereIs) {  // H1: 64 octets, 254 in all
    const std::string local(64, 'a');
    const std::string domain = std::string(63, 'b') + "." + std::string(63, 'c') + "." + std::string(61, 'd');
    ASSERT_EQ(local.size() + 1 + domain.size(), 254u);
    EXPECT_TRUE(EmailAddress::parse(local + "@" + domain));
    EXPECT_FALSE(EmailAddress::parse(local + "@" + domain + "d"));
}

TEST(EmailAddress, ComparesTheLocalPartOctetByOctetAndTheDomainWithoutCase) {  // H4, H6
    const auto address = [](const char* text) { return EmailAddress::parse(text).value(); };
    EXPECT_NE(address("Alice@example.org"), address("alice@example.org"));
    EXPECT_EQ(address("alice@EXAMPLE.org"), address("alice@example.org"));
    EXPECT_NE(address("a.lice@example.org"), address("alice@example.org"));  // H11
    EXPECT_NE(address("alice+x@example.org"), address("alice@example.org"));
    EXPECT_EQ(address("a@b\xC3\xBC"
                      "cher.example"),
              address("a@xn--bcher-kva.example"));
}

TEST(EmailAddress, LookupKeyForgivesAsciiCaseOnly) {  // H4
    EXPECT_EQ(EmailAddress::parse("Alice@Example.org").value().lookupKey(), "alice@example.org");
    EXPECT_EQ(EmailAddress::parse("\xC3\x84"
                                  "A@example.org")
                  .value()
                  .lookupKey(),
              "\xC3\x84"
              "a@example.org");
}

TEST(EmailAddress, KnowsWhenItNeedsSmtpUtf8) {  // H5
    EXPECT_TRUE(EmailAddress::parse("a@b\xC3\xBC"
                                    "cher.example")
                    .value()
                    .isAscii());
    EXPECT_FALSE(EmailAddress::parse("\xC3\xA4@example.org").value().isAscii());
}

}  // namespace
}  // namespace mailca
