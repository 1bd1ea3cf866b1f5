#include "mail/dkim_signature.h"

#include <gtest/gtest.h>

#include "mail/dkim_key_record.h"
#include "mail/dkim_tags.h"

namespace mailca::mail {
namespace {

constexpr const char* kGood = "v=1; a=rsa-sha256; d=example.org; s=sel; h=From:To; bh=AAAA; b=BBBB";
const Time kNow = fromUnix(1795435200);

TEST(TagList, ReadsWhatTheGrammarAllows) {  // RFC 6376 section 3.2
    const Result<TagList> tags = TagList::parse(" v = 1 ;\r\n\t b=AB\r\n CD ; h = From :\r\n\tTo; empty=; ");
    ASSERT_TRUE(tags) << tags.error().text();
    EXPECT_EQ(tags->find("v"), "1");
    EXPECT_EQ(tags->compact("b"), "ABCD");
    EXPECT_EQ(tags->find("empty"), "");
    EXPECT_EQ(tags->find("V"), std::nullopt);  // names are case-sensitive
    EXPECT_EQ(tags->list("h"), (std::vector<std::string>{"From", "To"}));
    EXPECT_TRUE(tags->list("none").empty());
    EXPECT_EQ(tags->firstTag(), "v");
}

TEST(TagList, RefusesWhatItDoesNot) {
    for (const char* text : {";", "v", "v=1;;b=2", "v=1; v=1", "1v=1", "v-=1", "=1", "v=\x01", "v=\xc3\xa4", "v=1;b"}) {
        EXPECT_FALSE(TagList::parse(text)) << text;
    }
    EXPECT_TRUE(TagList::parse(""));  // and has no tag in it
}

TEST(DkimSignature, ReadsAWellFormedOne) {
    const Result<DkimSignature> signature = parseDkimSignature(
        " v=1; a=ed25519-sha256; c=relaxed; d=Example.ORG; s=sel.a; i=bob@Mail.example.org;\r\n"
        " h=From : To: from; q=x/y:dns/txt; t=1795435100; x=1795435300; bh=AAAA; b=BB\r\n BB;");
    ASSERT_TRUE(signature) << signature.error().text();
    EXPECT_EQ(signature->domain, "example.org");
    EXPECT_EQ(signature->keyName(), "sel.a._domainkey.example.org");
    EXPECT_EQ(signature->identity, "bob@Mail.example.org");
    EXPECT_EQ(signature->identityDomain, "mail.example.org");
    EXPECT_EQ(signature->signedHeaders, (std::vector<std::string>{"from", "to", "from"}));
    EXPECT_EQ(signature->signedAt, 1795435100);
    EXPECT_EQ(signature->expiresAt, 1795435300);
    EXPECT_FALSE(signature->hasLengthTag);
    EXPECT_TRUE(checkDkimSignature(*signature, kNow));
    EXPECT_EQ(parseDkimSignature(kGood)->identity, "@example.org");
}

struct Change {
    const char* from;
    const char* to;
    const char* reason;
};

std::string changed(const Change& change) {
    std::string text = kGood;
    return text.replace(text.find(change.from), std::string(change.from).size(), change.to);
}

class MalformedSignature : public testing::TestWithParam<Change> {};

TEST_P(MalformedSignature, IsRefusedWithItsReason) {  // J3, J10
    const Result<DkimSignature> signature = parseDkimSignature(changed(GetParam()));
    ASSERT_FALSE(signature.has_value());
    EXPECT_NE(signature.error().detail.find(GetParam().reason), std::string::npos) << signature.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    Table, MalformedSignature,
    testing::Values(Change{"v=1; ", "", "v="}, Change{"v=1", "v=2", "v="}, Change{"v=1", "v=1; v=1", "twice"},
                    Change{"a=rsa-sha256; ", "", "a="}, Change{"d=example.org; ", "", "d="},
                    Change{"s=sel; ", "", "s="}, Change{"s=sel", "s=", "s="}, Change{"s=sel", "s=a..b", "s= and d="},
                    Change{"s=sel", "s=a b/c", "s= and d="}, Change{"d=example.org", "d=ex\xc3\xa4mple.org", "grammar"},
                    Change{"d=example.org", "d=example.org.", "s= and d="}, Change{"h=From:To; ", "", "h="},
                    Change{"h=From:To", "h=To", "leaves out From"}, Change{"h=From:To", "h=From::To", "empty name"},
                    Change{"bh=AAAA; ", "", "bh="}, Change{"b=BBBB", "b=", "b="},
                    Change{"b=BBBB", "b=BBBB; c=strict", "c="}, Change{"b=BBBB", "b=BBBB; c=simple/strict", "c="},
                    Change{"b=BBBB", "b=BBBB; q=http", "q="}, Change{"b=BBBB", "b=BBBB; i=bob@example.net", "i="},
                    Change{"b=BBBB", "b=BBBB; i=bob@badexample.org", "i="}, Change{"b=BBBB", "b=BBBB; i=bob", "i="},
                    Change{"b=BBBB", "b=BBBB; t=now", "t="}, Change{"b=BBBB", "b=BBBB; x=-1", "x="},
                    Change{"b=BBBB", "b=BBBB; x=9999999999999", "x="}));

TEST(DkimSignature, AHeaderListOverTheLimitIsRefused) {
    std::string text = kGood;
    text.insert(text.find("To;"), std::string(2000, 'x'));
    EXPECT_FALSE(parseDkimSignature(text));
}

class UnusableSignature : public testing::TestWithParam<Change> {};

TEST_P(UnusableSignature, IsHeldAgainstTheSigner) {
    const Result<DkimSignature> signature = parseDkimSignature(changed(GetParam()));
    ASSERT_TRUE(signature) << signature.error().text();
    const Result<void> checked = checkDkimSignature(*signature, kNow);
    ASSERT_FALSE(checked.has_value());
    EXPECT_NE(checked.error().detail.find(GetParam().reason), std::string::npos) << checked.error().text();
}

INSTANTIATE_TEST_SUITE_P(Table, UnusableSignature,
                         testing::Values(Change{"rsa-sha256", "rsa-sha1", "not accepted"},  // J2
                                         Change{"rsa-sha256", "RSA-SHA256", "not accepted"},
                                         Change{"b=BBBB", "b=BBBB; l=5", "l="},                // J4
                                         Change{"b=BBBB", "b=BBBB; x=1795435199", "expired"},  // J3
                                         Change{"b=BBBB", "b=BBBB; t=1795438801", "future"},   // an hour and a second
                                         Change{"b=BBBB", "b=BBBB; t=1795435300; x=1795435300", "after t="}));

TEST(DkimSignature, IsGoodUpToItsLastSecondAndAnHourAhead) {
    EXPECT_TRUE(checkDkimSignature(*parseDkimSignature(std::string(kGood) + "; x=1795435200"), kNow));
    EXPECT_TRUE(checkDkimSignature(*parseDkimSignature(std::string(kGood) + "; t=1795438800"), kNow));
}

TEST(DkimKeyRecord, ReadsAWellFormedOne) {
    const Result<DkimKeyRecord> record =
        parseDkimKeyRecord("v=DKIM1; k=ed25519; h=sha1:sha256; s=*; t=s; n=note; p=AA BB");
    ASSERT_TRUE(record) << record.error().text();
    EXPECT_EQ(record->type, "ed25519");
    EXPECT_EQ(record->publicKey, "AABB");
    EXPECT_TRUE(record->hasFlag("s"));
    EXPECT_FALSE(record->hasFlag("y"));
    EXPECT_EQ(parseDkimKeyRecord("p=AABB")->type, "rsa");
}

TEST(DkimKeyRecord, RefusesAMalformedOne) {
    for (const char* text :
         {"", "v=DKIM2; p=AA", "k=rsa; v=DKIM1; p=AA", "v=DKIM1", "v=DKIM1; p=AA; p=BB", "spf -all"}) {
        EXPECT_FALSE(parseDkimKeyRecord(text)) << text;
    }
}

TEST(DkimKeyRecord, MustBeMeantForTheSignature) {  // J6
    const DkimSignature signature = *parseDkimSignature(kGood);
    const DkimSignature below = *parseDkimSignature(std::string(kGood) + "; i=@mail.example.org");
    const auto fits = [](const char* text, const DkimSignature& of) {
        return checkDkimKeyRecord(*parseDkimKeyRecord(text), of).has_value();
    };
    EXPECT_TRUE(fits("p=AA", signature));
    EXPECT_TRUE(fits("p=AA; s=x:email; h=sha256", signature));
    EXPECT_TRUE(fits("p=AA; t=s", signature));
    EXPECT_TRUE(fits("p=AA", below));
    EXPECT_FALSE(fits("p=", signature));
    EXPECT_FALSE(fits("p=AA; k=ed25519", signature));
    EXPECT_FALSE(fits("p=AA; k=r", signature));
    EXPECT_FALSE(fits("p=AA; h=sha1", signature));
    EXPECT_FALSE(fits("p=AA; s=tlsrpt", signature));
    EXPECT_FALSE(fits("p=AA; t=y", signature));
    EXPECT_FALSE(fits("p=AA; t=y:s", signature));
    EXPECT_FALSE(fits("p=AA; t=s", below));
}

}  // namespace
}  // namespace mailca::mail
