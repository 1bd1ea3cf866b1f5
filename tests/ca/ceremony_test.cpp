#include "ca/ceremony.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <functional>

#include "core/x509/crl.h"
#include "tests/ca/support.h"

namespace mailca::ca {
namespace {

using test::must;

class CeremonyTest : public ::testing::Test {
 protected:
    Result<Ceremony> plan(const std::function<void(CeremonyPlan&)>& change) {
        CeremonyPlan wanted = test::ceremonyPlan(m_folder);
        change(wanted);
        return Ceremony::plan(wanted, m_clock, m_random);
    }
    std::string refusal(const std::function<void(CeremonyPlan&)>& change) {
        const auto planned = plan(change);
        if (planned.has_value()) return "planned";
        EXPECT_EQ(planned.error().kind, ErrorKind::Config);
        return planned.error().detail;
    }

    test::TempDir m_folder;
    test::FakeClock m_clock;
    SystemRandom m_random;
};

TEST_F(CeremonyTest, RefusesAPlanThatBreaksARule) {
    const struct {
        std::function<void(CeremonyPlan&)> change;
        std::string says;
    } rows[] = {
        {[](auto& p) { p.baseUrl = "https://pki.example.org"; }, "D17"},
        {[](auto& p) { p.country = "de"; }, "capital letters"},
        {[](auto& p) { p.organization = ""; }, "organization"},
        {[](auto& p) { p.organization = " - "; }, "organization"},
        {[](auto& p) { p.organization = std::string(65, 'a'); }, "organization"},
        {[](auto& p) { p.organization = "a\nb"; }, "organization"},
        {[](auto& p) {
             p.keys = {crypto::KeyType::Rsa, 3072};
         },
         "D14"},
        {[](auto& p) {
             p.keys = {crypto::KeyType::Ed25519, 0};
         },
         "D14"},
        {[](auto& p) { p.crlShards = 0; }, "1 to 4096"},
        {[](auto& p) { p.crlShards = 4097; }, "1 to 4096"},
        {[](auto& p) {
             p.policies = {{"smime", "2.23.140.1.5.1.3"}};
         },
         "D1"},
        {[](auto& p) {
             p.policies = {{"mailbox-timestamp", "2.5.29.32.0"}};
         },
         "D1"},
        {[](auto& p) {
             p.policies = {{"mailbox-timestamp", "policy"}};
         },
         "D1"},
        {[](auto& p) {
             p.policies = {{"timestamp", "2.23.140.1.4.2"}};
         },
         "D1"},
        {[](auto& p) {
             p.policies = {{"mail", "1.2.3"}};
         },
         "no hierarchy"},
        {[](auto& p) { p.hierarchies = {"mail"}; }, "\"sm2-smime\""},
        {[](auto& p) {
             p.hierarchies = {"smime", "smime"};
         },
         "twice"},
        {[](auto& p) { p.hierarchies = {}; }, "at least one"},
        {[](auto& p) { p.folder = ""; }, "folder"},
    };
    for (const auto& row : rows) {
        const std::string said = refusal(row.change);
        EXPECT_NE(said.find(row.says), std::string::npos) << said;
    }
}

TEST_F(CeremonyTest, NeverOverwrites) {
    must(must(plan([](auto&) {})).perform(test::passphrase(), test::kCheapSeal));
    const std::string before = test::readFile(m_folder.path() / "authority/smime-1.key");
    EXPECT_NE(refusal([](auto&) {}).find("not empty"), std::string::npos);
    EXPECT_EQ(test::readFile(m_folder.path() / "authority/smime-1.key"), before);
}

TEST_F(CeremonyTest, SaysWhenAnotherWasBrokenOff) {
    std::filesystem::create_directory(m_folder.path() / "authority.unfinished");
    EXPECT_NE(refusal([](auto&) {}).find("broken off"), std::string::npos);
}

TEST_F(CeremonyTest, LeavesNothingWhenItFails) {
    const Ceremony ceremony = must(plan([](auto&) {}));
    EXPECT_FALSE(ceremony.perform(Secret{}, test::kCheapSeal).has_value());  // an empty pass-phrase
    EXPECT_TRUE(std::filesystem::is_empty(m_folder.path()));
}

TEST_F(CeremonyTest, AnnouncesEverythingItSigns) {
    std::string all;
    for (const std::string& line : must(must(plan([](auto&) {})).announcement())) all += line + "\n";
    for (const char* part :
         {"http://pki.example.org", "P-256", "Example Mail CA S/MIME Root 1", "until 2046-11-23",
          "Example Mail CA S/MIME CA 1", "until 2034-11-23", "Mailbox Timestamping CA 1", "until 2032-11-23",
          "1.3.6.1.4.1.32473.1.1", "1.3.6.1.4.1.32473.1.2", "1.3.6.1.4.1.32473.1.3", "Timestamping Unit 1",
          "its key signs until 2028-02-23", "SM2 S/MIME CA 1", "SM2 Timestamping Unit 1", "Temporary Keys Root 1",
          "offline", "extKeyUsage: 1.3.6.1.5.5.7.3.4", "passed the lints"}) {
        EXPECT_NE(all.find(part), std::string::npos) << part << "\n" << all;
    }
}

TEST_F(CeremonyTest, KeysAreForTheirOwnerOnly) {
    const test::AuthorityOnDisk disk(m_clock);
    for (const char* name :
         {"smime-1.key", "mailbox-timestamp-1.key", "timestamp-1.key", "timestamp-unit-1.key", "roots/smime-root-1.key",
          "roots/mailbox-timestamp-root-1.key", "roots/timestamp-root-1.key"}) {
        struct ::stat status {};
        ASSERT_EQ(::stat(disk.path(name).c_str(), &status), 0) << name;
        EXPECT_EQ(status.st_mode & 07777U, 0600U) << name;
    }
}

TEST_F(CeremonyTest, ALongOrganizationStillFitsTheNames) {
    const Ceremony ceremony = must(plan([](auto& p) { p.organization = std::string(64, 'o'); }));
    const std::string file = must(ceremony.perform(test::passphrase(), test::kCheapSeal));
    const Authority authority = must(Authority::open(file));
    EXPECT_NE(authority.find("smime-1")->certificate.subjectText().find("CN=S/MIME CA 1"), std::string::npos);
}

TEST_F(CeremonyTest, RootCrlsAreEmptyAndGoodForAYear) {  // D47
    const test::AuthorityOnDisk disk(m_clock);
    for (const auto& root : disk.authority().roots()) {
        const x509::Crl crl = must(x509::Crl::fromDer(root.crl));
        EXPECT_TRUE(crl.verifySignature(root.certificate).has_value());
        EXPECT_TRUE(crl.revoked().empty());
        EXPECT_EQ(crl.number(), 1U);
        EXPECT_EQ(crl.distributionPoint(), "");
        EXPECT_EQ(crl.nextUpdate(), m_clock.now() + std::chrono::days{365});
    }
}

TEST_F(CeremonyTest, TheTimestampingUnitIsWhatTheRulesWant) {  // E1-E5
    const test::AuthorityOnDisk disk(m_clock);
    const TimestampUnit& unit = *disk.authority().timestampUnit();
    EXPECT_EQ(unit.certificate.subjectText(), "CN=Example Mail CA Timestamping Unit 1,O=Example Mail CA,C=DE");
    EXPECT_EQ(unit.certificate.keyUsage(), unsigned{x509::kDigitalSignature});
    const auto purpose = unit.certificate.extension("2.5.29.37");
    EXPECT_TRUE(purpose && purpose->critical);
    EXPECT_EQ(unit.certificate.extendedKeyUsage(), std::vector<std::string>{std::string(x509::oid::kTimeStamping)});
    EXPECT_EQ(unit.certificate.policies(), std::vector<std::string>{"1.3.6.1.4.1.32473.1.3"});
    EXPECT_EQ(unit.certificate.crlUrls(),
              std::vector<std::string>{unit.issuer->crlUrl(unit.issuer->shardOf(unit.certificate.serial()))});
    EXPECT_EQ(unit.certificate.notAfter(), unit.issuer->certificate.notAfter());
    const auto use = unit.certificate.extension("2.5.29.16");  // privateKeyUsagePeriod
    ASSERT_TRUE(use);
    EXPECT_EQ(toHex(use->value),
              "3022800f" + toHex(asBytes("20261123110000Z")) + "810f" + toHex(asBytes("20280223110000Z")));
}

TEST_F(CeremonyTest, Sm2HierarchiesAreSm2ThroughoutAndTheOthersAreNot) {  // I5
    const test::AuthorityOnDisk disk(m_clock);
    for (const auto& issuer : disk.authority().issuers()) {
        const bool sm2 = issuer->hierarchy.starts_with("sm2-");
        for (const x509::Certificate& certificate : {issuer->certificate, issuer->root()}) {
            EXPECT_EQ(certificate.publicKey().type() == crypto::KeyType::Sm2, sm2) << issuer->name;
        }
    }
    const TimestampUnit& unit = *disk.authority().timestampUnit(kSm2ServiceTimestamp);
    EXPECT_EQ(unit.name, "sm2-timestamp-unit-1");
    EXPECT_EQ(unit.certificate.publicKey().type(), crypto::KeyType::Sm2);
    EXPECT_EQ(unit.certificate.policies(), std::vector<std::string>{"1.3.6.1.4.1.32473.1.6"});
}

TEST_F(CeremonyTest, MakesThoseHierarchiesThatItIsTold) {
    const Ceremony ceremony = must(plan([](auto& p) {
        p.hierarchies = {"sm2-smime", "smime"};
        p.policies = {{"sm2-smime", "1.2.3.4"}};
    }));
    const Authority authority = must(Authority::open(must(ceremony.perform(test::passphrase(), test::kCheapSeal))));
    EXPECT_EQ(authority.issuers().size(), 2U);
    EXPECT_EQ(authority.find("sm2-smime-1")->certificate.policies(), std::vector<std::string>{"1.2.3.4"});
    EXPECT_EQ(authority.timestampUnit(), nullptr);
}

TEST_F(CeremonyTest, ShippedProfilesNameThePoliciesOfTheCeremony) {
    const ca::Profiles profiles = test::shippedProfiles();
    for (const auto& name : {"smime-sign", "smime-encrypt", "smime-dual", "timestamp", "sm2-sign", "sm2-encrypt",
                             "sm2-timestamp", "smime-multipurpose", "temporary"}) {
        const Profile* profile = profiles.find(name);
        ASSERT_NE(profile, nullptr) << name;
        EXPECT_EQ(profile->policies, std::vector<std::string>{std::string(hierarchyNamed(profile->hierarchy).policy)});
    }
}

}  // namespace
}  // namespace mailca::ca
