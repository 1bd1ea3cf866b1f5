// Keys that may not be had: blocked ones, and each other's of accounts and certificates (D13, B42, B47).
#include <gtest/gtest.h>

#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

class Keys : public ::testing::Test {
 protected:
    void TearDown() override { EXPECT_EQ(CheckInvariants(m_scene.path()), std::vector<std::string>{}); }
    // What newAccount and keyChange say to this key.
    std::optional<ErrorKind> newAccount(const Bytes& key) {
        ra::Account account{.id = AccountId::random(m_scene.random()),
                            .thumbprint = m_scene.random().token(32),
                            .jwk = "{}",
                            .keySha256 = key,
                            .contacts = {},
                            .status = ra::AccountStatus::Valid,
                            .termsAgreedAt = std::nullopt,
                            .createdAt = m_scene.now()};
        return kindOf(m_scene.store().accounts().create(account));
    }
    std::optional<ErrorKind> keyChange(const ra::Account& account, const Bytes& key) {
        return kindOf(m_scene.store().accounts().changeKey(
            {account.id, account.thumbprint, m_scene.random().token(32), "{}", key, m_scene.now()}));
    }
    void expectRefused(const Bytes& key, const char* why) {
        const std::int64_t before = m_scene.count("SELECT count(*) FROM accounts");
        EXPECT_EQ(newAccount(key), ErrorKind::BadPublicKey) << why;
        EXPECT_EQ(keyChange(m_account, key), ErrorKind::BadPublicKey) << why;
        EXPECT_EQ(m_scene.count("SELECT count(*) FROM accounts"), before) << why;
    }

    Scene m_scene;
    const ra::Account m_account = m_scene.account();
};

TEST_F(Keys, OfCertificatesAreNoAccountsKeys) {
    const ra::NewOrder order = m_scene.processingOrder(m_account.id);
    const ca::IntentsOfOrder intents = m_scene.intents(order);
    must(m_scene.store().issuance().recordIntents(intents));
    expectRefused(intents.intents.front().spkiSha256, "it is about to be a certificate's");
    const ra::IssuedOrder issued = m_scene.issuedFrom(order, intents);
    must(m_scene.store().issuance().recordIssued(issued));
    const ra::CertificateRecord& record = issued.items.front().record;
    expectRefused(record.spkiSha256, "it is a certificate's");
    must(m_scene.store().certificates().revoke(m_scene.revocation(record.id)));
    expectRefused(record.spkiSha256, "it was a certificate's");
    // Another key whose digest begins with the same 8 octets is found beside it, and told apart.
    Bytes alike = record.spkiSha256;
    alike.back() ^= 1U;
    EXPECT_EQ(newAccount(alike), std::nullopt);
}

TEST_F(Keys, AreBlockedByAnOperatorForGood) {
    const ra::IssuedOrder issued = m_scene.issue(m_account.id);
    const ra::CertificateRecord& record = issued.items.front().record;
    const Bytes fresh = m_scene.random().bytes(32);
    const ra::KeyBlocked first = must(m_scene.store().blockedKeys().block({fresh, "found in public", m_scene.now()}));
    EXPECT_TRUE(first.added);
    EXPECT_TRUE(first.certificates.empty());
    expectRefused(fresh, "it is blocked");
    EXPECT_FALSE(must(m_scene.store().blockedKeys().block({fresh, "again", m_scene.now()})).added);

    const ra::KeyBlocked used = must(m_scene.store().blockedKeys().block({record.spkiSha256, "", m_scene.now()}));
    ASSERT_EQ(used.certificates.size(), 1u);
    EXPECT_EQ(used.certificates.front().id, record.id);
    EXPECT_EQ(m_scene.count("SELECT count(*) FROM audit WHERE act = 'key.blocked'"), 2);

    const auto listed = must(m_scene.store().blockedKeys().list());
    ASSERT_EQ(listed.size(), 2u);
    EXPECT_EQ(std::ranges::count(listed, "found in public", &ra::BlockedKey::comment), 1);
}

TEST_F(Keys, AreBlockedInTheTransactionThatRevokes) {  // B47
    const ra::IssuedOrder issued = m_scene.issue(m_account.id);
    const ra::CertificateRecord& record = issued.items.front().record;
    ra::Revocation revocation = m_scene.revocation(record.id);
    revocation.by = ra::RevokedBy::CertificateKey;
    revocation.blockKey = true;
    must(m_scene.store().certificates().revoke(revocation));
    const auto listed = must(m_scene.store().blockedKeys().list());
    ASSERT_EQ(listed.size(), 1u);
    EXPECT_EQ(listed.front().spkiSha256, record.spkiSha256);
    EXPECT_EQ(listed.front().serial, record.serial);
}

}  // namespace
}  // namespace mailca::test
