// Standards D45, D47, D50, F3, F10: a root's next CRL, from the ceremony's folder.
#include "ca/root_crl.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "ca/authority_file.h"
#include "ca/new_file.h"
#include "tests/ca/support.h"

namespace mailca::ca {
namespace {

using test::must;

class RootCrlTest : public ::testing::Test {
 protected:
    RootCrlPlan plan(const std::string& revoke = "", const std::string& reason = "") const {
        return {m_disk.folder(), "smime-root-1", revoke, reason};
    }
    std::string keyFile() const { return rootKeyPath(m_disk.folder(), "smime-root-1"); }
    void make(const RootCrlPlan& plan) {
        must(must(RootCrl::plan(plan, m_clock)).perform(keyFile(), test::passphrase()));
    }
    x509::Crl current() const {
        return must(x509::Crl::fromDer(must(readWholeFile(crlPath(m_disk.folder(), "smime-root-1")))));
    }

    test::FakeClock m_clock;
    test::AuthorityOnDisk m_disk{m_clock};
};

TEST_F(RootCrlTest, CountsOnAndListsAgain) {
    m_clock.advance(24h);
    make(plan());
    EXPECT_EQ(current().number(), 2U);
    EXPECT_TRUE(current().revoked().empty());
    EXPECT_EQ(current().thisUpdate(), m_clock.now());
    EXPECT_TRUE(current().verifySignature(m_disk.smime().root()).has_value());
    make(plan("smime-1", "cACompromise"));
    m_clock.advance(-48h);  // F10
    make(plan());
    EXPECT_EQ(current().number(), 4U);
    EXPECT_GT(current().thisUpdate(), m_clock.now() + 24h) << "never looks older than the one before";
    const auto entry = current().find(m_disk.smime().certificate.serial());
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->reason, 2);
    EXPECT_TRUE(Authority::open(m_disk.file()).has_value()) << "the daemon starts with it";
}

TEST_F(RootCrlTest, SaysBeforehandWhatItSigns) {
    const auto lines = must(RootCrl::plan(plan("smime-1", "superseded"), m_clock)).announcement();
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    EXPECT_NE(all.find("number 2"), std::string::npos) << all;
    EXPECT_NE(all.find("issuing CA smime-1"), std::string::npos) << all;
    EXPECT_NE(all.find(m_disk.smime().certificate.serial().hex()), std::string::npos) << all;
    EXPECT_NE(all.find("superseded"), std::string::npos) << all;
    EXPECT_EQ(current().number(), 1U);
}

TEST_F(RootCrlTest, RefusesWhatMustNotBeSigned) {
    make(plan("smime-1", "superseded"));
    const struct {
        RootCrlPlan plan;
        std::string says;
    } rows[] = {
        {{m_disk.folder(), "nobody", "", ""}, "no such root"},
        {{m_disk.folder() + "/none", "smime-root-1", "", ""}, "authority.toml"},
        {plan("smime-1", "superseded"), "already"},
        {plan("timestamp-1", "superseded"), "no issuing CA of smime-root-1"},
        {plan("smime-root-1", "superseded"), "no issuing CA of smime-root-1"},
        {{m_disk.folder(), "timestamp-root-1", "timestamp-1", ""}, "cACompromise"},
        {{m_disk.folder(), "timestamp-root-1", "timestamp-1", "certificateHold"}, "cACompromise"},
        {{m_disk.folder(), "timestamp-root-1", "timestamp-1", "unspecified"}, "cACompromise"},
        {plan("", "superseded"), "belongs to"},
    };
    for (const auto& row : rows) {
        const auto made = RootCrl::plan(row.plan, m_clock);
        ASSERT_FALSE(made.has_value()) << row.says;
        EXPECT_NE(made.error().detail.find(row.says), std::string::npos) << made.error().detail;
    }
    test::writeFile(crlPath(m_disk.folder(), "smime-root-1"), "damaged");
    EXPECT_NE(RootCrl::plan(plan(), m_clock).error().detail.find("put back the latest one"), std::string::npos);
}

TEST_F(RootCrlTest, AWrongKeyOrPassphraseChangesNothing) {
    const auto crl = must(RootCrl::plan(plan(), m_clock));
    EXPECT_EQ(crl.perform(keyFile(), Secret::copyOf(asBytes("another pass-phrase"))).error().kind,
              ErrorKind::Unauthorized);
    EXPECT_EQ(crl.perform(rootKeyPath(m_disk.folder(), "timestamp-root-1"), test::passphrase()).error().kind,
              ErrorKind::Config);
    EXPECT_EQ(current().number(), 1U);
    test::writeFile(crlPath(m_disk.folder(), "smime-root-1") + ".next", "of a run that was broken off");
    EXPECT_TRUE(crl.perform(keyFile(), test::passphrase()).has_value());
    EXPECT_EQ(current().number(), 2U);
}

}  // namespace
}  // namespace mailca::ca
