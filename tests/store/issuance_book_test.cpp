// Intents, certificates, publication, revocation, CRLs: the records that decide.
#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "core/x509/certificate.h"
#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

const std::vector<exchange::Role> kAllRoles{exchange::Role::Sign, exchange::Role::Encrypt, exchange::Role::Timestamp};

class Issuing : public ::testing::Test {
 protected:
    void TearDown() override { EXPECT_EQ(CheckInvariants(m_scene.path()), std::vector<std::string>{}); }
    ra::IssuanceBook& book() { return m_scene.store().issuance(); }
    ra::OrderState stateOf(const OrderId& order) { return must(m_scene.store().orders().find(order)).order.state; }
    // All shards of the issuer together.
    std::vector<x509::RevokedEntry> revokedSerials() {
        std::vector<x509::RevokedEntry> all;
        for (int shard = 0; shard < kShards; ++shard) {
            const auto revoked = must(m_scene.store().crls().revoked({"smime-1", shard}, m_scene.now()));
            for (const x509::RevokedEntry& entry : revoked.entries) {
                EXPECT_EQ(shardOf("smime-1", entry.serial), shard);
                all.push_back(entry);
            }
        }
        return all;
    }

    Scene m_scene;
    const AccountId m_account = m_scene.account().id;
};

// The decision to issue is read again from the rows (ca/ledger.h): each fact that can be untrue, one at a time.
TEST_F(Issuing, RecordsIntentsOnlyWhenEveryFactStillHolds) {
    struct Case {
        const char* what;
        ErrorKind refusal;
        std::function<void(Scene&, ca::IntentsOfOrder&)> bend;
    };
    const std::vector<Case> cases{
        {"unknown order", ErrorKind::Conflict, [](Scene& s, auto& i) { i.order = OrderId::random(s.random()); }},
        {"order not finalized", ErrorKind::Conflict, [](Scene& s, auto& i) { i.order = s.order(i.account).order.id; }},
        {"intents recorded before", ErrorKind::Conflict,
         [](Scene& s, auto& i) {
             must(s.store().issuance().recordIntents(i));
             for (ca::Intent& intent : i.intents) intent.serial = Serial::random(s.random());
         }},
        {"an item without an intent", ErrorKind::Conflict, [](Scene&, auto& i) { i.intents.pop_back(); }},
        {"an intent of another profile", ErrorKind::Conflict,
         [](Scene&, auto& i) { i.intents.front().profile = "sm2-sign"; }},
        {"another authorization", ErrorKind::Conflict,
         [](Scene& s, auto& i) { i.authorization = AuthorizationId::random(s.random()); }},
        {"another account", ErrorKind::Conflict, [](Scene& s, auto& i) { i.account = s.account().id; }},
        {"authorization expired", ErrorKind::Unauthorized,
         [](Scene&, auto& i) {
             i.at += 24h;
             i.caaGoodUntil += 24h;
         }},
        {"account deactivated", ErrorKind::Unauthorized,
         [](Scene& s, auto& i) {
             must(s.store().accounts().deactivate({i.account, s.now()}));
         }},
        {"CAA looked up too long ago", ErrorKind::Caa, [](Scene&, auto& i) { i.caaGoodUntil = i.at - 1s; }},
        {"key blocked", ErrorKind::BadPublicKey,
         [](Scene& s, auto& i) {
             const ra::IssuedItem item = s.issue(s.account().id).items.front();
             must(s.store().certificates().revoke({item.record.id, 1, s.now(), ra::RevokedBy::CertificateKey, true}));
             i.intents.back().spkiSha256 = item.record.spkiSha256;
         }},
        {"key blocked by an operator", ErrorKind::BadPublicKey,
         [](Scene& s, auto& i) {
             must(s.store().blockedKeys().block({i.intents.back().spkiSha256, "found in public", s.now()}));
         }},
        {"key of an account", ErrorKind::BadPublicKey,
         [](Scene& s, auto& i) { i.intents.back().spkiSha256 = s.account().keySha256; }},
        {"serial of a certificate", ErrorKind::Conflict,
         [](Scene& s, auto& i) { i.intents.back().serial = s.issue(s.account().id).items.front().record.serial; }},
        {"one serial twice", ErrorKind::Conflict,
         [](Scene&, auto& i) { i.intents.back().serial = i.intents.front().serial; }},
    };
    for (const Case& bent : cases) {
        Scene scene;
        const ra::NewOrder order = scene.processingOrder(scene.account().id);
        ca::IntentsOfOrder intents = scene.intents(order);
        bent.bend(scene, intents);
        const std::int64_t before = scene.count("SELECT count(*) FROM intents");
        EXPECT_EQ(kindOf(scene.store().issuance().recordIntents(intents)), bent.refusal) << bent.what;
        EXPECT_EQ(scene.count("SELECT count(*) FROM intents"), before) << bent.what;  // all or none
    }
}

TEST_F(Issuing, RecordsPublishesAndFinishesAtOnce) {
    const ra::IssuedOrder issued = m_scene.issue(m_account);
    const auto finished = std::get<ra::Finished>(stateOf(issued.order));
    EXPECT_EQ(finished.at, issued.at);
    ASSERT_EQ(finished.certificates.size(), 2u);
    for (std::size_t item = 0; item < 2; ++item) EXPECT_EQ(finished.certificates[item], issued.items[item].record.id);

    const ra::CertificateRecord& made = issued.items.front().record;
    const ra::CertificateRecord read = must(m_scene.store().certificates().find(made.id));
    EXPECT_EQ(read.der, made.der);
    EXPECT_EQ(read.serial, made.serial);
    EXPECT_EQ(read.account, m_account);
    EXPECT_EQ(read.order, issued.order);
    EXPECT_EQ(read.mailbox, made.mailbox);
    EXPECT_EQ(read.spkiSha256, made.spkiSha256);
    EXPECT_EQ(read.notAfter, made.notAfter);
    EXPECT_TRUE(std::holds_alternative<ra::Live>(read.state));
    EXPECT_EQ(must(m_scene.store().directory().lookup(mailbox(), kAllRoles, m_scene.now())).size(), 2u);
    EXPECT_TRUE(must(book().unfinished()).empty());
}

TEST_F(Issuing, FillsTheItemsByProfileInTheOrdersOwnOrder) {
    const ra::NewOrder order = m_scene.processingOrder(m_account);
    ca::IntentsOfOrder intents = m_scene.intents(order);
    std::reverse(intents.intents.begin(), intents.intents.end());
    must(book().recordIntents(intents));
    const ra::IssuedOrder issued = m_scene.issuedFrom(order, intents);
    must(book().recordIssued(issued));
    const auto finished = std::get<ra::Finished>(stateOf(order.order.id));
    EXPECT_EQ(finished.certificates.front(), issued.items.back().record.id);
}

TEST_F(Issuing, RecordsNothingWithoutItsIntentAndNoPartOfAnOrder) {
    struct Case {
        const char* what;
        std::function<void(Scene&, ra::IssuedOrder&)> bend;
    };
    const std::vector<Case> cases{
        {"a serial never announced",
         [](Scene& s, ra::IssuedOrder& i) { i.items.back().record.serial = Serial::random(s.random()); }},
        {"another issuer", [](Scene&, ra::IssuedOrder& i) { i.items.back().record.issuer = "smime-2"; }},
        {"one certificate missing", [](Scene&, ra::IssuedOrder& i) { i.items.pop_back(); }},
        {"recorded before", [](Scene& s, ra::IssuedOrder& i) { must(s.store().issuance().recordIssued(i)); }},
        {"failed before",
         [](Scene& s, ra::IssuedOrder& i) {
             must(s.store().issuance().recordFailure({i.order, s.now(), fail(ErrorKind::Caa, "not allowed")}));
         }},
    };
    for (const Case& bent : cases) {
        Scene scene;
        const ra::NewOrder order = scene.processingOrder(scene.account().id);
        const ca::IntentsOfOrder intents = scene.intents(order);
        must(scene.store().issuance().recordIntents(intents));
        ra::IssuedOrder issued = scene.issuedFrom(order, intents);
        bent.bend(scene, issued);
        const std::int64_t before = scene.count("SELECT count(*) FROM certificates");
        EXPECT_EQ(kindOf(scene.store().issuance().recordIssued(issued)), ErrorKind::Conflict) << bent.what;
        EXPECT_EQ(scene.count("SELECT count(*) FROM certificates"), before) << bent.what;
        EXPECT_EQ(CheckInvariants(scene.path()), std::vector<std::string>{}) << bent.what;
    }
}

TEST_F(Issuing, RefusesAnOrderWhosePartsSpeakOfDifferentCertificates) {
    const ra::NewOrder order = m_scene.processingOrder(m_account);
    const ca::IntentsOfOrder intents = m_scene.intents(order);
    must(book().recordIntents(intents));
    ra::IssuedOrder issued = m_scene.issuedFrom(order, intents);
    issued.items.front().publication.certificate = toBytes("another");
    EXPECT_THROW((void)book().recordIssued(issued), std::logic_error);
}

TEST_F(Issuing, FindsOrdersToDoAfterACrashOldestFirst) {
    const ra::NewOrder first = m_scene.processingOrder(m_account);
    m_scene.clock().advance(1s);
    const ra::NewOrder begun = m_scene.processingOrder(m_account);
    must(book().recordIntents(m_scene.intents(begun)));
    m_scene.clock().advance(1s);
    const ra::NewOrder last = m_scene.processingOrder(m_account);
    EXPECT_EQ(must(book().unfinished()), (std::vector{first.order.id, last.order.id}));
}

TEST_F(Issuing, TakesTheSerialsOfLostIntentsAsRevokedAndTheirOrderAsFailed) {
    const ra::NewOrder order = m_scene.processingOrder(m_account);
    const ca::IntentsOfOrder intents = m_scene.intents(order);
    must(book().recordIntents(intents));
    m_scene.issue(m_account);  // not lost
    EXPECT_EQ(must(book().closeOrphans(m_scene.now())), 2);
    EXPECT_EQ(std::get<ra::Failed>(stateOf(order.order.id)).error.kind, ErrorKind::ServerInternal);
    const auto revoked = revokedSerials();
    ASSERT_EQ(revoked.size(), 2u);
    for (const ca::Intent& intent : intents.intents) {
        EXPECT_TRUE(
            std::any_of(revoked.begin(), revoked.end(), [&](const auto& r) { return r.serial == intent.serial; }));
    }
    EXPECT_EQ(must(book().closeOrphans(m_scene.now())), 0);
    EXPECT_EQ(kindOf(book().recordIssued(m_scene.issuedFrom(order, intents))), ErrorKind::Conflict);
}

TEST_F(Issuing, RevokesTheSerialsThatAFailureLeavesBehind) {
    const ra::NewOrder order = m_scene.processingOrder(m_account);
    must(book().recordIntents(m_scene.intents(order)));
    const Error error = fail(ErrorKind::ServerInternal, "the key store is gone");
    must(book().recordFailure({order.order.id, m_scene.now(), error}));
    EXPECT_EQ(std::get<ra::Failed>(stateOf(order.order.id)).error, error);
    EXPECT_EQ(revokedSerials().size(), 2u);
    EXPECT_EQ(kindOf(book().recordFailure({order.order.id, m_scene.now(), error})), ErrorKind::Conflict);
}

TEST_F(Issuing, FindsCertificatesBySerialMailboxAndWholeDer) {
    ra::CertificateBook& certificates = m_scene.store().certificates();
    const ra::IssuedOrder older = m_scene.issue(m_account);
    m_scene.clock().advance(1h);
    const ra::IssuedOrder newer = m_scene.issue(m_account, "alice@example.org", {"smime-sign"});
    m_scene.issue(m_account, "Alice@example.org", {"smime-sign"});  // another mailbox (H11)
    const auto found = must(certificates.findByMailbox(mailbox()));
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found.front().id, newer.items.front().record.id);
    const ra::CertificateRecord& one = older.items.front().record;
    ASSERT_EQ(must(certificates.findBySerial(one.serial)).size(), 1u);
    EXPECT_EQ(must(certificates.findBySerial(one.serial)).front().id, one.id);
    EXPECT_TRUE(must(certificates.findBySerial(Serial::random(m_scene.random()))).empty());
}

TEST_F(Issuing, FindsARealCertificateByItsDerAndNoLookalike) {
    const auto certificate = must(x509::Certificate::fromPem(readFile(dataFile("x509/alice.pem"))));
    const ra::NewOrder order = m_scene.processingOrder(m_account, "alice@example.org", {"smime-sign"});
    ca::IntentsOfOrder intents = m_scene.intents(order);
    intents.intents.front().serial = certificate.serial();
    must(book().recordIntents(intents));
    ra::IssuedOrder issued = m_scene.issuedFrom(order, intents);
    issued.items.front().record.der = issued.items.front().publication.certificate = certificate.der();
    must(book().recordIssued(issued));
    ra::CertificateBook& certificates = m_scene.store().certificates();
    EXPECT_EQ(must(certificates.findByDer(certificate.der()))->id, issued.items.front().record.id);
    const auto other = must(x509::Certificate::fromPem(readFile(dataFile("x509/bob.pem"))));
    EXPECT_EQ(must(certificates.findByDer(other.der())).has_value(), false);
    EXPECT_EQ(must(certificates.findByDer(toBytes("no certificate"))).has_value(), false);
    const auto entries = must(m_scene.store().directory().lookup(mailbox(), kAllRoles, m_scene.now()));
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries.front().fingerprint, toHex(certificate.sha256()));
}

TEST_F(Issuing, RevokesWithdrawsAndBlocksAtOnce) {
    const ra::IssuedOrder issued = m_scene.issue(m_account);
    const CertificateId& id = issued.items.front().record.id;
    m_scene.clock().advance(1min);
    must(m_scene.store().certificates().revoke({id, 1, m_scene.now(), ra::RevokedBy::CertificateKey, true}));
    const auto state = must(m_scene.store().certificates().find(id)).state;
    EXPECT_EQ(std::get<ra::Revoked>(state).at, m_scene.now());
    EXPECT_EQ(std::get<ra::Revoked>(state).reason, 1);
    const auto entries = must(m_scene.store().directory().lookup(mailbox(), kAllRoles, m_scene.now()));
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries.front().certificate, issued.items.back().record.der);
    ASSERT_EQ(revokedSerials().size(), 1u);
    EXPECT_EQ(revokedSerials().front().reason, 1);
    EXPECT_EQ(kindOf(m_scene.store().certificates().revoke(m_scene.revocation(id))), ErrorKind::AlreadyRevoked);
    EXPECT_EQ(
        kindOf(m_scene.store().certificates().revoke(m_scene.revocation(CertificateId::random(m_scene.random())))),
        ErrorKind::NotFound);
}

TEST_F(Issuing, KnowsWhoHoldsAnAuthorizationNow) {  // B45
    ra::CertificateBook& certificates = m_scene.store().certificates();
    m_scene.issue(m_account);
    m_scene.order(m_scene.account().id);
    EXPECT_TRUE(must(certificates.holdsAuthorization(m_account, mailbox(), m_scene.now())));
    EXPECT_FALSE(must(certificates.holdsAuthorization(m_account, mailbox("bob@example.org"), m_scene.now())));
    EXPECT_FALSE(must(certificates.holdsAuthorization(m_scene.account().id, mailbox(), m_scene.now())));
    EXPECT_FALSE(must(certificates.holdsAuthorization(m_account, mailbox(), m_scene.now() + 24h)));
}

TEST_F(Issuing, LooksUpByWholeAddressRoleAndTimeNewestFirst) {
    m_scene.issue(m_account);
    m_scene.clock().advance(1h);
    const ra::IssuedOrder newer = m_scene.issue(m_account);
    exchange::Directory& directory = m_scene.store().directory();
    const auto encryption = must(directory.lookup(mailbox(), {exchange::Role::Encrypt}, m_scene.now()));
    ASSERT_EQ(encryption.size(), 2u);
    EXPECT_EQ(encryption.front().certificate, newer.items.back().record.der);
    EXPECT_EQ(encryption.front().roles, std::vector{exchange::Role::Encrypt});
    EXPECT_EQ(encryption.front().publishedAt, m_scene.now());
    EXPECT_EQ(encryption.front().algorithm, "P-256");
    EXPECT_EQ(encryption.front().trust, exchange::TrustClass::Issued);
    EXPECT_TRUE(must(directory.lookup(mailbox("alic@example.org"), kAllRoles, m_scene.now())).empty());
    EXPECT_TRUE(must(directory.lookup(mailbox("Alice@example.org"), kAllRoles, m_scene.now())).empty());
    EXPECT_TRUE(must(directory.lookup(mailbox(), kAllRoles, m_scene.now() + 24h * 400)).empty());
    EXPECT_EQ(must(directory.lookup(mailbox(), kAllRoles, newer.items.front().record.notAfter)).size(), 2u);
}

}  // namespace
}  // namespace mailca::test
