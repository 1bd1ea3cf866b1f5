// One reviewed file: what stands in it, what is refused, and that its SHA-256 names it.
#include "ca/ceremony_plan.h"

#include <gtest/gtest.h>

#include "core/crypto/hash.h"
#include "tests/ca/support.h"

namespace mailca::ca {
namespace {

using test::must;

const std::string kHead = "base_url = \"http://pki.example.org\"\norganization = \"Example\"\ncountry = \"DE\"\n";
const std::string kSmime = "[[hierarchy]]\nname = \"smime\"\n";

class CeremonyPlanTest : public ::testing::Test {
 protected:
    Result<ReviewedPlan> read(const std::string& text) {
        test::writeFile(m_folder.file("plan.toml"), text);
        return readCeremonyPlan(m_folder.file("plan.toml"));
    }
    test::TempDir m_folder;
};

TEST_F(CeremonyPlanTest, SaysEverythingThatIsMade) {
    const std::string text =
        kHead +
        "keys = \"p384\"\ncrl_shards = 8\npeople = [\"Ada\", \"Bob\", \"Cleo\"]\nconfirmations = 2\n"
        "[token]\nmodule = \"/usr/lib/p11.so\"\nuri = \"pkcs11:token=mailca\"\n" +
        kSmime + "policy = \"1.2.3.4\"\nissuing_ca = 2\n[[hierarchy]]\nname = \"sm2-smime\"\n";
    const ReviewedPlan read = must(this->read(text));
    EXPECT_EQ(read.sha256, toHex(crypto::sha256(asBytes(text))));
    const Hierarchy& smime = hierarchyNamed("smime");
    const Hierarchy& sm2 = hierarchyNamed("sm2-smime");
    EXPECT_EQ(read.plan.chosen(), (std::vector<const Hierarchy*>{&smime, &sm2}));
    EXPECT_EQ(read.plan.rootName(smime), "smime-root-1");
    EXPECT_EQ(read.plan.issuerName(smime), "smime-2");
    EXPECT_EQ(read.plan.issuerName(sm2), "sm2-smime-1");
    EXPECT_EQ(read.plan.policyOf(smime), "1.2.3.4");
    EXPECT_EQ(read.plan.policyOf(sm2), sm2.policy);
    EXPECT_EQ(read.plan.keysOf(smime).type, crypto::KeyType::P384);
    EXPECT_EQ(read.plan.keysOf(sm2).type, crypto::KeyType::Sm2);
    EXPECT_EQ(read.plan.tokenUri(smime, "smime-2"), "pkcs11:token=mailca;object=smime-2;type=private");
    EXPECT_EQ(read.plan.tokenUri(sm2, "sm2-smime-1"), "") << "no engine reaches SM2 keys in a token";
    EXPECT_EQ(read.plan.crlShards, 8);
    EXPECT_EQ(read.plan.confirmations, 2);
    EXPECT_EQ(read.plan.people.size(), 3U);
}

TEST_F(CeremonyPlanTest, RefusesWithWhatToChange) {
    const struct {
        std::string text, says;
    } rows[] = {
        {"", "base_url"},
        {kHead, "at least one"},
        {kHead + kSmime + "[[hierarchy]]\nname = \"smime\"\n", "twice"},
        {kHead + "[[hierarchy]]\nname = \"mail\"\n", "no hierarchy"},
        {kHead + "keys = \"p521\"\n" + kSmime, "p256, p384 or rsa4096"},
        {kHead + "crl_shards = 0\n" + kSmime, "1 to 4096"},
        {kHead + "crl_shards = 99999999999\n" + kSmime, "1 to 4096"},
        {kHead + "colour = \"red\"\n" + kSmime, "colour"},
        {kHead + kSmime + "issuing_ca = 0\n", "1 to 999"},
        {kHead + kSmime + "policy = \"2.23.140.1.5.1.3\"\n", "D1"},
        {kHead + "confirmations = 2\n" + kSmime, "confirmations"},
        {kHead + "people = [\"Ada\"]\nconfirmations = 2\n" + kSmime, "confirmations"},
        {kHead + "people = [\"Ada\", \"Ada\"]\nconfirmations = 2\n" + kSmime, "once each"},
        {kHead + "people = [\"A\\\"da\"]\n" + kSmime, "quotation marks"},
        {kHead + "people = [\"Ada\"]\nconfirmations = 0\n" + kSmime, "confirmations"},
        {kHead + "[token]\nmodule = \"/usr/lib/p11.so\"\nuri = \"mailca\"\n" + kSmime, "pkcs11:"},
    };
    for (const auto& row : rows) {
        const auto read = this->read(row.text);
        ASSERT_FALSE(read) << row.text;
        EXPECT_EQ(read.error().kind, ErrorKind::Config);
        EXPECT_NE(read.error().detail.find(row.says), std::string::npos) << row.text << read.error().detail;
    }
    EXPECT_FALSE(readCeremonyPlan(m_folder.file("none.toml")));
}

TEST_F(CeremonyPlanTest, TheSampleIsAPlan) {
    const ReviewedPlan sample = must(readCeremonyPlan(std::string(MAILCA_SOURCE_DIR) + "/keys-sample/ceremony.toml"));
    EXPECT_EQ(sample.plan.hierarchies.size(), CeremonyPlan::everyHierarchy().size());
}

}  // namespace
}  // namespace mailca::ca
