// Standards F3, F6, F10: numbers of CRLs, and which revocations belong on the next one.
#include <gtest/gtest.h>

#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

using repository::CrlScope;

class Crls : public ::testing::Test {
 protected:
    void TearDown() override { EXPECT_EQ(CheckInvariants(m_scene.path()), std::vector<std::string>{}); }
    repository::CrlBook& book() { return m_scene.store().crls(); }
    Result<void> store(const CrlScope& scope, std::uint64_t number, std::uint64_t revision = 0) {
        return book().store(
            scope, {{number, m_scene.now(), m_scene.now() + 24h * 7}, toBytes("crl " + std::to_string(number))},
            revision);
    }
    std::vector<x509::RevokedEntry> listed(const CrlScope& scope) {
        return must(book().revoked(scope, m_scene.now())).entries;
    }
    std::uint64_t revision(const CrlScope& scope) { return must(book().revoked(scope, m_scene.now())).revision; }
    ra::CertificateRecord issue() { return m_scene.issue(m_account).items.front().record; }
    static CrlScope shardOf(const ra::CertificateRecord& record) {
        return {record.issuer, test::shardOf(record.issuer, record.serial)};
    }
    void revoke(const ra::CertificateRecord& record) {
        must(m_scene.store().certificates().revoke(m_scene.revocation(record.id)));
    }

    const CrlScope m_complete{"smime-1", std::nullopt};
    Scene m_scene;
    const AccountId m_account = m_scene.account().id;
};

TEST_F(Crls, NumbersRiseStrictlyInEachScopeForItself) {  // F3, F10
    const CrlScope shard{"smime-1", 0};
    EXPECT_FALSE(must(book().latest(shard)));
    EXPECT_FALSE(must(book().state(shard)).latest);
    must(store(shard, 7));
    for (const std::uint64_t number : {6u, 7u}) EXPECT_EQ(kindOf(store(shard, number)), ErrorKind::Conflict);
    must(store({"smime-1", 1}, 1));
    must(store(m_complete, 1));
    must(store({"smime-2", 0}, 1));
    must(store(shard, 8));
    EXPECT_EQ(must(book().latest(shard))->der, toBytes("crl 8"));
    EXPECT_EQ(must(book().latest(shard))->facts.number, 8u);
    EXPECT_EQ(must(book().state(shard)).latest->number, 8u);
    EXPECT_EQ(must(book().latest(m_complete))->der, toBytes("crl 1"));
}

TEST_F(Crls, AScopeHasChangedUntilACrlWasMadeFromTheChange) {
    const ra::CertificateRecord record = issue();
    for (const CrlScope& scope : {shardOf(record), m_complete}) {
        must(store(scope, 1, revision(scope)));
        EXPECT_FALSE(must(book().state(scope)).changedSinceLatest);
    }
    const std::uint64_t shardBefore = revision(shardOf(record)), completeBefore = revision(m_complete);
    revoke(record);
    for (const auto& [scope, before] : {std::pair{shardOf(record), shardBefore}, {m_complete, completeBefore}}) {
        EXPECT_TRUE(must(book().state(scope)).changedSinceLatest);
        must(store(scope, 2, before));  // made from what was read before the revocation
        EXPECT_TRUE(must(book().state(scope)).changedSinceLatest);
        must(store(scope, 3, revision(scope)));
        EXPECT_FALSE(must(book().state(scope)).changedSinceLatest);
    }
}

TEST_F(Crls, ARevokedCertificateIsListedOnceMoreAfterItsExpiry) {  // F6
    const ra::CertificateRecord record = issue();
    revoke(record);
    for (const CrlScope& scope : {shardOf(record), m_complete}) {
        m_scene.clock().set(record.notAfter - 1h);
        must(store(scope, 1, 1));
        EXPECT_EQ(listed(scope).size(), 1u);
        m_scene.clock().set(record.notAfter + 1s);
        EXPECT_EQ(listed(scope).size(), 1u) << "no CRL after its expiry yet";
        must(store(scope, 2, 1));
        EXPECT_EQ(listed(scope).size(), 0u);
    }
}

TEST_F(Crls, EntriesAscendAndTheCompleteListHasThoseOfAllShards) {
    std::set<Serial> revoked;
    for (int i = 0; i < 20; ++i) {
        const ra::CertificateRecord record = issue();
        revoke(record);
        revoked.insert(record.serial);
    }
    std::set<Serial> inShards;
    for (int shard = 0; shard < kShards; ++shard) {
        const auto entries = listed({"smime-1", shard});
        EXPECT_TRUE(std::ranges::is_sorted(entries, {}, [](const auto& entry) { return entry.serial.bytes(); }));
        for (const auto& entry : entries) EXPECT_TRUE(inShards.insert(entry.serial).second);
    }
    EXPECT_EQ(inShards, revoked);
    const auto all = listed(m_complete);
    EXPECT_TRUE(std::ranges::is_sorted(all, {}, [](const auto& entry) { return entry.serial.bytes(); }));
    EXPECT_EQ(all.size(), revoked.size());
    EXPECT_TRUE(listed({"smime-2", std::nullopt}).empty());
}

}  // namespace
}  // namespace mailca::test
