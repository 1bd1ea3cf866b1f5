#include "ca/profile.h"

#include <gtest/gtest.h>

#include "ca/profile_reader.h"
#include "core/x509/certificate.h"
#include "tests/ca/support.h"

namespace mailca::ca {
namespace {

using crypto::KeyType;
using test::must;

const std::string kGood = R"(description = "for tests"
hierarchy = "smime"
use = "dual"
narrowable = true
validity_days = 397
backdate_minutes = 60
policies = ["1.3.6.1.4.1.32473.1.1"]
extended_key_usage = ["1.3.6.1.5.5.7.3.4"]
[keys]
rsa_bits = [2048, 4096]
curves = ["P-256"]
)";
const std::string kBundles = "default = \"good\"\n";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    if (at == std::string::npos) throw std::logic_error("no such text: " + what);
    return text.replace(at, what.size(), by);
}

TEST(Profile, ReadsEveryField) {
    const Profile profile = must(readProfile("good", kGood));
    EXPECT_EQ(profile.name, "good");
    EXPECT_EQ(profile.hierarchy, "smime");
    EXPECT_EQ(profile.use, Use::Dual);
    EXPECT_TRUE(profile.narrowable);
    EXPECT_EQ(profile.validity, std::chrono::days{397});
    EXPECT_EQ(profile.backdate, std::chrono::hours{1});
    EXPECT_EQ(profile.rsaMinBits, 2048);
    EXPECT_EQ(profile.rsaMaxBits, 4096);
    EXPECT_EQ(profile.curves, std::vector{KeyType::P256});
    EXPECT_TRUE(profile.smimeCapabilities.empty()) << "unless asked for (D23: optional)";
    const std::string capabilities = "smime_capabilities = [\"aes256-gcm\", \"aes128-cbc\"]\n[keys]";
    EXPECT_EQ(must(readProfile("good", replaced(kGood, "[keys]", capabilities))).smimeCapabilities,
              (std::vector<std::string>{"2.16.840.1.101.3.4.1.46", "2.16.840.1.101.3.4.1.2"}));
    EXPECT_FALSE(profile.ocsp) << "unless asked for (D18: MAY)";
    EXPECT_TRUE(must(readProfile("good", replaced(kGood, "[keys]", "ocsp = true\n[keys]"))).ocsp);
}

TEST(Profile, CannotBreakTheRulebook) {
    const struct {
        std::string what, by, says;
    } rows[] = {
        {"= 397", "= 825", "D24"},
        {"= 397", "= 0", "D24"},
        {"= 60", "= 1441", "backdate"},
        {"\"smime\"", "\"mailbox-timestamp\"", "D29"},
        {"\"smime\"", "\"sm2\"", "hierarchy"},
        {"\"smime\"", "\"timestamp\"", "have no profiles"},
        {"\"smime\"", "\"sm2-smime\"", "I11"},  // a dual SM2 key
        {"\"smime\"", "\"temporary\"", "temporary"},
        {"\"P-256\"", "\"SM2\"", "D9"},
        {"7.3.4\"", "7.3.4\", \"1.3.6.1.5.5.7.3.2\"", "D21"},  // clientAuth in the strict generation
        {"7.3.4\"", "7.3.4\", \"1.3.6.1.5.5.7.3.4\"", "D21"},
        {"[keys]", "smime_capabilities = [\"des\"]\n[keys]", "RFC 8551"},
        {"[keys]", "smime_capabilities = [\"aes128-cbc\", \"aes128-cbc\"]\n[keys]", "twice"},
        {"\"dual\"", "\"timestamp\"", "D29"},
        {"\"dual\"", "\"sign\"", "A52"},
        {"\"dual\"", "\"both\"", "use"},
        {"7.3.4\"", "7.3.8\"", "D21"},                            // timeStamping below smime
        {"7.3.4\"", "7.3.1\"", "D21"},                            // serverAuth
        {"7.3.4\"", "7.3.4\", \"1.3.6.1.5.5.7.3.3\"", "D21"},     // codeSigning beside
        {"[\"1.3.6.1.5.5.7.3.4\"]", "[\"2.5.29.37.0\"]", "D21"},  // anyExtendedKeyUsage
        {"[\"1.3.6.1.5.5.7.3.4\"]", "[]", "D21"},
        {"1.3.6.1.4.1.32473.1.1", "2.23.140.1.5.1.3", "D1"},  // reserved
        {"1.3.6.1.4.1.32473.1.1", "2.5.29.32.0", "D1"},       // anyPolicy
        {"1.3.6.1.4.1.32473.1.1", "1.3..6", "OID"},
        {"[\"1.3.6.1.4.1.32473.1.1\"]", "[]", "D16"},
        {"2048", "1024", "D8"},
        {"2048", "2049", "D8"},
        {"4096]", "8192]", "D8"},
        {"\"P-256\"", "\"P-521\"", "D9"},
        {"\"P-256\"", "\"P-256\", \"P-256\"", "twice"},
        {"for tests\"", "for tests\"\ncolour = \"red\"", "colour"},  // unknown key
        {"description", "#", "description"},                         // missing key
    };
    for (const auto& row : rows) {
        const auto read = readProfile("good", replaced(kGood, row.what, row.by));
        ASSERT_FALSE(read.has_value()) << row.what << " -> " << row.by;
        EXPECT_EQ(read.error().kind, ErrorKind::Config);
        EXPECT_NE(read.error().detail.find(row.says), std::string::npos) << read.error().detail;
        EXPECT_NE(read.error().detail.find("good.toml:"), std::string::npos) << read.error().detail;
    }
}

TEST(Profile, TimestampingHasRulesOfItsOwn) {  // E1, E4
    std::string text = replaced(kGood, "\"smime\"", "\"mailbox-timestamp\"");
    text = replaced(replaced(text, "\"dual\"", "\"timestamp\""), "narrowable = true\n", "");
    const auto wrongUsage = readProfile("good", text);
    ASSERT_FALSE(wrongUsage.has_value());
    EXPECT_NE(wrongUsage.error().detail.find("1.3.6.1.5.5.7.3.8"), std::string::npos);
    text = replaced(text, "7.3.4", "7.3.8");
    const auto smallKeys = readProfile("good", text);
    ASSERT_FALSE(smallKeys.has_value());
    EXPECT_NE(smallKeys.error().detail.find("3072"), std::string::npos);
    EXPECT_TRUE(readProfile("good", replaced(text, "2048", "3072")).has_value());
}

const std::string kGoodSm2 = R"(description = "for tests"
hierarchy = "sm2-smime"
use = "encrypt"
validity_days = 397
policies = ["1.3.6.1.4.1.32473.1.4"]
extended_key_usage = ["1.3.6.1.5.5.7.3.4"]
[keys]
curves = ["SM2"]
)";

TEST(Profile, Sm2StandsApart) {  // I5, I11
    EXPECT_EQ(must(readProfile("good", kGoodSm2)).curves, std::vector{KeyType::Sm2});
    const struct {
        std::string what, by, says;
    } rows[] = {
        {"\"SM2\"", "\"P-256\"", "I5"},
        {"curves", "rsa_bits = [2048, 4096]\ncurves", "I5"},
        {"\"encrypt\"", "\"timestamp\"", "D29"},
        {"[keys]", "smime_capabilities = [\"aes128-cbc\"]\n[keys]", "D23"},
    };
    for (const auto& row : rows) {
        const auto read = readProfile("good", replaced(kGoodSm2, row.what, row.by));
        ASSERT_FALSE(read.has_value()) << row.by;
        EXPECT_NE(read.error().detail.find(row.says), std::string::npos) << read.error().detail;
    }
}

TEST(Profile, TheMultipurposeGenerationAddsTheLoginOfClientsAndNothingElse) {  // D21
    const std::string text = replaced(kGood, "\"smime\"", "\"smime-multipurpose\"");
    EXPECT_TRUE(readProfile("good", text).has_value());
    EXPECT_TRUE(readProfile("good", replaced(text, "7.3.4\"", "7.3.4\", \"1.3.6.1.5.5.7.3.2\"")).has_value());
    for (const char* purpose :
         {"7.3.2\"", "7.3.4\", \"1.3.6.1.5.5.7.3.1\"", "7.3.4\", \"1.3.6.1.5.5.7.3.8\"", "7.3.4\", \"2.5.29.37.0\""}) {
        const auto read = readProfile("good", replaced(text, "7.3.4\"", purpose));
        ASSERT_FALSE(read.has_value()) << purpose;
        EXPECT_NE(read.error().detail.find("D21"), std::string::npos) << read.error().detail;
    }
}

TEST(Profiles, NoOrderIsForATemporaryKey) {
    const Profiles profiles = test::shippedProfiles();
    EXPECT_NE(profiles.find("temporary"), nullptr);
    EXPECT_TRUE(profiles.expand("temporary").empty());
    for (const auto& [name, description] : profiles.advertised()) EXPECT_NE(name, "temporary");
    std::string temporary = replaced(replaced(kGood, "\"smime\"", "\"temporary\""), "\"dual\"", "\"encrypt\"");
    temporary = replaced(replaced(temporary, "narrowable = true\n", ""), "= 397", "= 91");
    EXPECT_NE(readProfile("t", temporary).error().detail.find("1 to 90"), std::string::npos);
    temporary = replaced(temporary, "= 91", "= 90");
    EXPECT_FALSE(Profiles::parse({{"t", temporary}, {"bundles", "default = \"t\"\n"}}).has_value());
}

TEST(Profiles, OnlyThoseOfTheAuthoritysHierarchiesAreOffered) {
    const Profiles profiles = test::shippedProfiles();
    const Profiles served = must(profiles.servedBy([](const std::string& one) { return !one.starts_with("sm2-"); }));
    EXPECT_TRUE(served.expand("complete").empty());
    EXPECT_EQ(served.find("sm2-sign"), nullptr);
    EXPECT_EQ(served.expand("smime-timestamp").size(), 3U);
    const auto none = profiles.servedBy([](const std::string& one) { return one != "smime"; });
    ASSERT_FALSE(none.has_value());
    EXPECT_NE(none.error().detail.find("smime-dual"), std::string::npos);
}

TEST(Profile, NoKeyAtAllIsNoProfile) {
    EXPECT_FALSE(readProfile("good", replaced(replaced(kGood, "[2048, 4096]", "[]"), "[\"P-256\"]", "[]")).has_value());
}

TEST(Profiles, BundlesNameProfilesThatExist) {
    const std::string bundle = "[[bundle]]\nname = \"b\"\ndescription = \"two\"\nprofiles = [\"good\", \"other\"]\n";
    const Profiles profiles =
        must(Profiles::parse({{"good", kGood}, {"other", kGood}, {"bundles", kBundles + bundle}}));
    EXPECT_EQ(profiles.expand("b"), (std::vector<std::string>{"good", "other"}));
    EXPECT_EQ(profiles.expand("good"), std::vector<std::string>{"good"});
    EXPECT_TRUE(profiles.expand("nothing").empty());
    EXPECT_TRUE(profiles.isBundle("b"));
    EXPECT_FALSE(profiles.isBundle("good"));
    EXPECT_EQ(profiles.defaultName(), "good");
    EXPECT_EQ(profiles.advertised().size(), 3U);

    const struct {
        std::vector<std::pair<std::string, std::string>> files;
        std::string says;
    } rows[] = {
        {{{"good", kGood}}, "bundles.toml is missing"},
        {{{"good", kGood}, {"bundles", kBundles + bundle}}, "other"},
        {{{"good", kGood}, {"bundles", "default = \"other\"\n"}}, "default"},
        {{{"good", kGood}, {"bundles", kBundles + replaced(replaced(bundle, "\"b\"", "\"good\""), ", \"other\"", "")}},
         "twice"},
        {{{"good", kGood}, {"bundles", kBundles + replaced(bundle, "\"other\"", "\"good\"")}}, "twice"},
        {{{"Good", kGood}, {"bundles", kBundles}}, "Good.toml"},
    };
    for (const auto& row : rows) {
        const auto parsed = Profiles::parse(row.files);
        ASSERT_FALSE(parsed.has_value()) << row.says;
        EXPECT_NE(parsed.error().detail.find(row.says), std::string::npos) << parsed.error().detail;
    }
}

TEST(Profiles, ShippedOnesLoad) {  // C12
    const Profiles profiles = test::shippedProfiles();
    EXPECT_EQ(profiles.defaultName(), "smime-dual");
    EXPECT_EQ(profiles.expand("smime"), (std::vector<std::string>{"smime-sign", "smime-encrypt"}));
    EXPECT_EQ(profiles.expand("smime-timestamp"),
              (std::vector<std::string>{"smime-sign", "smime-encrypt", "timestamp"}));
    EXPECT_EQ(profiles.expand("complete"), (std::vector<std::string>{"smime-sign", "smime-encrypt", "timestamp",
                                                                     "sm2-sign", "sm2-encrypt", "sm2-timestamp"}));
    EXPECT_TRUE(profiles.find("smime-dual")->narrowable);
    EXPECT_EQ(profiles.find("smime-sign")->validity, std::chrono::days{397});  // D57
    EXPECT_EQ(profiles.find("timestamp")->rsaMinBits, 3072);                   // E4
}

TEST(Profiles, MissingFolderIsNamed) {
    const auto loaded = Profiles::load("/nonexistent/policies");
    ASSERT_FALSE(loaded.has_value());
    EXPECT_NE(loaded.error().detail.find("/nonexistent/policies"), std::string::npos);
}

TEST(KeyUsage, FollowsUseAndKey) {  // D20
    EXPECT_EQ(keyUsageFor(Use::Sign, KeyType::Rsa), unsigned{x509::kDigitalSignature});
    EXPECT_EQ(keyUsageFor(Use::Encrypt, KeyType::Rsa), unsigned{x509::kKeyEncipherment});
    EXPECT_EQ(keyUsageFor(Use::Dual, KeyType::Rsa), unsigned{x509::kDigitalSignature | x509::kKeyEncipherment});
    EXPECT_EQ(keyUsageFor(Use::Encrypt, KeyType::P256), unsigned{x509::kKeyAgreement});
    EXPECT_EQ(keyUsageFor(Use::Dual, KeyType::P384), unsigned{x509::kDigitalSignature | x509::kKeyAgreement});
    EXPECT_EQ(keyUsageFor(Use::Timestamp, KeyType::P256), unsigned{x509::kDigitalSignature});
    EXPECT_EQ(keyUsageFor(Use::Encrypt, KeyType::Ed25519), 0U);
    EXPECT_EQ(keyUsageFor(Use::Sign, KeyType::Sm2), unsigned{x509::kDigitalSignature | x509::kNonRepudiation});  // I11
    EXPECT_EQ(keyUsageFor(Use::Encrypt, KeyType::Sm2),
              unsigned{x509::kKeyEncipherment | x509::kDataEncipherment | x509::kKeyAgreement});
    EXPECT_EQ(keyUsageFor(Use::Timestamp, KeyType::Sm2), unsigned{x509::kDigitalSignature});
}

TEST(KeyUsage, CsrMayNarrowADualProfileAndNoOther) {  // A52, A53
    constexpr unsigned sign = x509::kDigitalSignature, repudiate = x509::kNonRepudiation,
                       transport = x509::kKeyEncipherment, agree = x509::kKeyAgreement;
    const struct {
        Use profile;
        bool narrowable;
        std::optional<unsigned> asked;
        KeyType key;
        std::optional<Use> got;
    } rows[] = {
        {Use::Dual, true, {}, KeyType::Rsa, Use::Dual},
        {Use::Dual, true, sign, KeyType::Rsa, Use::Sign},
        {Use::Dual, true, sign | repudiate, KeyType::Rsa, Use::Sign},
        {Use::Dual, true, repudiate, KeyType::P256, Use::Sign},
        {Use::Dual, true, transport, KeyType::Rsa, Use::Encrypt},
        {Use::Dual, true, agree, KeyType::P256, Use::Encrypt},
        {Use::Dual, true, sign | transport, KeyType::Rsa, Use::Dual},
        {Use::Dual, true, transport, KeyType::P256, {}},  // A53: mismatch
        {Use::Dual, true, agree, KeyType::Rsa, {}},
        {Use::Dual, true, transport, KeyType::Ed25519, {}},
        {Use::Dual, true, 0U, KeyType::Rsa, {}},
        {Use::Dual, true, sign | x509::kKeyCertSign, KeyType::Rsa, {}},
        {Use::Dual, false, sign, KeyType::Rsa, {}},
        {Use::Dual, false, sign | transport, KeyType::Rsa, Use::Dual},
        {Use::Sign, false, sign, KeyType::Rsa, Use::Sign},
        {Use::Sign, false, sign | transport, KeyType::Rsa, {}},
        {Use::Sign, false, transport, KeyType::Rsa, {}},
        {Use::Encrypt, false, transport, KeyType::Rsa, Use::Encrypt},
        {Use::Encrypt, false, sign, KeyType::Rsa, {}},
        {Use::Timestamp, false, sign, KeyType::P256, Use::Timestamp},
        {Use::Timestamp, false, agree, KeyType::P256, {}},
        {Use::Sign, false, sign | repudiate, KeyType::Sm2, Use::Sign},  // I11
        {Use::Encrypt, false, transport | x509::kDataEncipherment | agree, KeyType::Sm2, Use::Encrypt},
        {Use::Encrypt, false, transport, KeyType::Sm2, Use::Encrypt},
        {Use::Encrypt, false, sign, KeyType::Sm2, {}},
    };
    for (const auto& row : rows) {
        Profile profile;
        profile.use = row.profile;
        profile.narrowable = row.narrowable;
        const auto got = narrowedUse(profile, row.asked, row.key);
        ASSERT_EQ(got.has_value(), row.got.has_value()) << nameOf(row.profile) << " " << row.asked.value_or(0);
        if (row.got) {
            EXPECT_EQ(*got, *row.got);
        }
        if (!row.got) {
            EXPECT_EQ(got.error().kind, ErrorKind::BadCsr);
        }
    }
}

TEST(Oid, IsDottedDecimal) {
    for (const char* good : {"1.2", "2.5.29.32.0", "1.3.6.1.4.1.32473.1.1"}) EXPECT_TRUE(isOid(good)) << good;
    for (const char* bad : {"", "1", "3.1", "1.", ".1", "1..2", "1.02", "1.2a", "10.2"})
        EXPECT_FALSE(isOid(bad)) << bad;
}

}  // namespace
}  // namespace mailca::ca
