// Which certificates a selection means, and their revocation: standards B47, D46, D50, E7; issue 4, point 6.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"
#include "tests/support/certificates.h"

namespace mailca::test {
namespace {

using ra::CertificateSelection;

class Selections : public ::testing::Test {
 protected:
    void TearDown() override { EXPECT_EQ(CheckInvariants(m_scene.path()), std::vector<std::string>{}); }
    ra::SelectionBook& book() { return m_scene.store().selections(); }
    // Every page, `atMost` at once.
    std::vector<ra::SelectedCertificate> walk(const CertificateSelection& selection, int atMost = ra::kMostAtOnce) {
        std::vector<ra::SelectedCertificate> all;
        std::optional<std::int64_t> from = 0;
        while (from) {
            const ra::SelectionPage page = must(book().select(selection, *from, atMost));
            all.insert(all.end(), page.certificates.begin(), page.certificates.end());
            from = page.next;
        }
        return all;
    }
    std::set<Serial> serials(const CertificateSelection& selection, int atMost = ra::kMostAtOnce) {
        std::set<Serial> found;
        for (const auto& one : walk(selection, atMost)) {
            EXPECT_TRUE(found.insert(one.serial).second) << "twice";
        }
        return found;
    }
    int revoke(const CertificateSelection& selection, std::optional<int> reason = 4, bool blockKeys = false) {
        return must(book().revoke({walk(selection), reason, m_scene.now(), blockKeys}));
    }
    std::int64_t liveCount() { return m_scene.count("SELECT count(*) FROM certificates WHERE revoked_at IS NULL"); }

    Scene m_scene;
    const AccountId m_account = m_scene.account().id;
};

TEST_F(Selections, EachConditionAndAllOfThemTogether) {
    const auto alice = m_scene.issue(m_account).items;
    m_scene.clock().advance(1h);
    const Time between = m_scene.now();
    m_scene.clock().advance(1h);
    const auto bob = m_scene.issue(m_account, "bob@example.org").items;
    const Serial aliceSigns = alice[0].record.serial, aliceReads = alice[1].record.serial;
    const Serial bobSigns = bob[0].record.serial, bobReads = bob[1].record.serial;
    const std::set<Serial> all{aliceSigns, aliceReads, bobSigns, bobReads};

    const struct {
        std::string name;
        std::function<void(CertificateSelection&)> select;
        std::set<Serial> meant;
    } rows[] = {
        {"serials",
         [&](auto& s) {
             s.serials = {bobReads, aliceSigns, bobReads};
         },
         {aliceSigns, bobReads}},
        {"mailbox", [&](auto& s) { s.mailbox = mailbox("bob@example.org"); }, {bobSigns, bobReads}},
        {"nobody", [&](auto& s) { s.mailbox = mailbox("eve@example.org"); }, {}},
        {"key", [&](auto& s) { s.spkiSha256 = alice[1].record.spkiSha256; }, {aliceReads}},
        {"issuer", [&](auto& s) { s.issuer = "smime-1"; }, all},
        {"another issuer", [&](auto& s) { s.issuer = "smime-2"; }, {}},
        {"profile", [&](auto& s) { s.profile = "smime-sign"; }, {aliceSigns, bobSigns}},
        {"from", [&](auto& s) { s.issuedFrom = between; }, {bobSigns, bobReads}},
        {"before", [&](auto& s) { s.issuedBefore = between; }, {aliceSigns, aliceReads}},
        {"mailbox and profile",
         [&](auto& s) {
             s.mailbox = mailbox();
             s.profile = "smime-encrypt";
         },
         {aliceReads}},
        {"serial and another mailbox",
         [&](auto& s) {
             s.serials = {aliceSigns};
             s.mailbox = mailbox("bob@example.org");
         },
         {}},
        {"serial and its key",
         [&](auto& s) {
             s.serials = {aliceSigns, bobSigns};
             s.spkiSha256 = bob[0].record.spkiSha256;
         },
         {bobSigns}},
        {"from, before, issuer, profile",
         [&](auto& s) {
             s.issuedFrom = between - 2h;
             s.issuedBefore = between;
             s.issuer = "smime-1";
             s.profile = "smime-sign";
         },
         {aliceSigns}},
    };
    for (const auto& row : rows) {
        CertificateSelection selection;
        row.select(selection);
        EXPECT_EQ(serials(selection), row.meant) << row.name;
        EXPECT_EQ(serials(selection, 1), row.meant) << row.name << ", one at once";
        const auto again = must(CertificateSelection::fromJson(selection.toJson()));
        EXPECT_EQ(serials(again), row.meant) << row.name << ", as it is kept";
    }
}

TEST_F(Selections, RevokesEachOnceAndWithdrawsIt) {
    const auto issued = m_scene.issue(m_account).items;
    m_scene.issue(m_account, "bob@example.org");
    CertificateSelection selection;
    selection.mailbox = mailbox();
    m_scene.clock().advance(1h);
    EXPECT_EQ(revoke(selection), 2);
    EXPECT_EQ(liveCount(), 2);
    for (const auto& one : walk(selection)) {
        const auto& state = std::get<ra::Revoked>(one.state);
        EXPECT_EQ(state.at, m_scene.now());
        EXPECT_EQ(state.reason, 4);
    }
    EXPECT_TRUE(must(m_scene.store().directory().lookup(mailbox(), {exchange::Role::Sign, exchange::Role::Encrypt},
                                                        m_scene.now()))
                    .empty());
    m_scene.clock().advance(1h);
    EXPECT_EQ(revoke(selection), 0) << "again";
    EXPECT_EQ(std::get<ra::Revoked>(walk(selection).front().state).at, m_scene.now() - 1h) << "the first stands";
    EXPECT_EQ(m_scene.count("SELECT count(*) FROM audit WHERE act = 'certificate.revoked'"), 2);
    EXPECT_THROW((void)book().revoke({walk(selection), 0, m_scene.now(), false}), std::logic_error) << "D50";
}

TEST_F(Selections, BlocksTheKeysOfCompromisedOnes) {  // B47, D46
    const auto issued = m_scene.issue(m_account).items;
    CertificateSelection selection;
    selection.mailbox = mailbox();
    EXPECT_EQ(revoke(selection, 1, true), 2);
    EXPECT_EQ(m_scene.count("SELECT count(*) FROM blocked_keys"), 2);
}

TEST_F(Selections, AServicesOwnCertificateIsMeantByNumberOrKeyOnly) {  // E7
    const x509::Certificate unit = makeLeaf(makeRoot(), "unit@example.org").certificate;
    must(m_scene.store().services().adopt({"timestamp-1", unit.serial(), unit.der(), m_scene.now()}));
    CertificateSelection byIssuer, bySerial, byKey;
    byIssuer.issuer = "timestamp-1";
    bySerial.serials = {unit.serial()};
    byKey.spkiSha256 = unit.publicKey().spkiSha256();
    EXPECT_TRUE(walk(byIssuer).empty());
    for (const CertificateSelection& selection : {bySerial, byKey}) {
        ASSERT_EQ(walk(selection).size(), 1u);
        EXPECT_TRUE(walk(selection).front().isOfService());
    }
    bySerial.issuer = "smime-1";
    EXPECT_TRUE(walk(bySerial).empty());
    EXPECT_EQ(revoke(byKey, 5), 1);
    EXPECT_EQ(revoke(byKey, 5), 0);
    EXPECT_EQ(must(m_scene.store().statuses().status("timestamp-1", unit.serial())),
              ca::ocsp::Status(ca::ocsp::Revoked{m_scene.now(), 5}));
    const repository::CrlScope shard{"timestamp-1", shardOf("timestamp-1", unit.serial())};
    const auto listed = must(m_scene.store().crls().revoked(shard, m_scene.now()));
    ASSERT_EQ(listed.entries.size(), 1u);
    EXPECT_EQ(listed.entries.front().reason, 5);
    EXPECT_EQ(listed.revision, 1u);
    EXPECT_EQ(kindOf(m_scene.store().services().adopt({"timestamp-1", unit.serial(), unit.der(), m_scene.now()})),
              ErrorKind::AlreadyRevoked)
        << "the next start does not use it";
}

}  // namespace
}  // namespace mailca::test
