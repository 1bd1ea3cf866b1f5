// What became of a serial number, as OCSP has to say it (standards F15), and the responders' own certificates.
#include <gtest/gtest.h>

#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

using ca::ocsp::Good;
using ca::ocsp::Revoked;
using ca::ocsp::Status;
using ca::ocsp::Unknown;

class Statuses : public ::testing::Test {
 protected:
    void TearDown() override { EXPECT_EQ(CheckInvariants(m_scene.path()), std::vector<std::string>{}); }
    Status status(const Serial& serial, const std::string& issuer = "smime-1") {
        return must(m_scene.store().statuses().status(issuer, serial));
    }
    std::uint64_t revision() { return m_scene.store().statuses().revision(); }
    ca::ResponderLedger& responders() { return m_scene.store().responders(); }
    ca::ResponderIntent intent() {
        return {"smime-1", Serial::random(m_scene.random()), m_scene.random().bytes(32), m_scene.now()};
    }

    Scene m_scene;
    const AccountId m_account = m_scene.account().id;
};

TEST_F(Statuses, LiveRevokedAndNeverIssued) {
    const ra::IssuedOrder issued = m_scene.issue(m_account);
    const ra::CertificateRecord& first = issued.items.front().record;
    const Serial& other = issued.items.back().record.serial;
    EXPECT_EQ(status(first.serial), Status(Good{}));
    EXPECT_EQ(status(first.serial, "smime-2"), Status(Unknown{})) << "another issuer's number";
    EXPECT_EQ(status(Serial::random(m_scene.random())), Status(Unknown{}));

    m_scene.clock().advance(60s);
    must(m_scene.store().certificates().revoke({first.id, 4, m_scene.now()}));
    EXPECT_EQ(status(first.serial), Status(Revoked{m_scene.now(), 4}));
    EXPECT_EQ(status(other), Status(Good{}));
    must(m_scene.store().certificates().revoke({issued.items.back().record.id, std::nullopt, m_scene.now()}));
    EXPECT_EQ(status(other), Status(Revoked{m_scene.now(), std::nullopt}));
}

TEST_F(Statuses, AnIntentIsUnknownUntilItIsACertificateOrCameToNothing) {
    const ra::NewOrder order = m_scene.processingOrder(m_account);
    const ca::IntentsOfOrder intents = m_scene.intents(order);
    must(m_scene.store().issuance().recordIntents(intents));
    const Serial& serial = intents.intents.front().serial;
    EXPECT_EQ(status(serial), Status(Unknown{}));
    m_scene.clock().advance(60s);
    must(m_scene.store().issuance().closeOrphans(m_scene.now()));
    EXPECT_EQ(status(serial), Status(Revoked{m_scene.now(), std::nullopt}));
}

// What OCSP answers are kept by: whoever was told of a revocation finds another revision.
TEST_F(Statuses, TheRevisionChangesWithEveryWriteThatSomebodyWasToldOf) {
    const ra::IssuedOrder issued = m_scene.issue(m_account);
    std::uint64_t before = revision();
    EXPECT_EQ(status(issued.items.front().record.serial), Status(Good{}));
    EXPECT_EQ(revision(), before) << "reading changes nothing";
    must(m_scene.store().certificates().revoke(m_scene.revocation(issued.items.front().record.id)));
    EXPECT_NE(revision(), before);
    before = revision();
    must(responders().recordIntent(intent()));
    EXPECT_NE(revision(), before);
}

TEST_F(Statuses, AResponderIsGoodOnceItsCertificateIsRecorded) {  // F17
    const ca::ResponderIntent made = intent();
    must(responders().recordIntent(made));
    EXPECT_EQ(status(made.serial), Status(Unknown{}));
    must(responders().recordResponder({made.issuer, made.serial, {0x30, 0x00}, made.at}));
    EXPECT_EQ(status(made.serial), Status(Good{}));
    m_scene.open();
    EXPECT_EQ(status(made.serial), Status(Good{}));
}

TEST_F(Statuses, RespondersTakeNoSerialTwiceAndNeedTheirIntent) {
    const ca::ResponderIntent made = intent();
    const ca::ResponderRecord record{made.issuer, made.serial, {0x30, 0x00}, made.at};
    EXPECT_EQ(kindOf(responders().recordResponder(record)), ErrorKind::Conflict);
    must(responders().recordIntent(made));
    EXPECT_EQ(kindOf(responders().recordIntent(made)), ErrorKind::Conflict);
    must(responders().recordResponder(record));
    EXPECT_EQ(kindOf(responders().recordResponder(record)), ErrorKind::Conflict) << "recorded already";

    ca::ResponderIntent taken = intent();
    taken.serial = m_scene.issue(m_account).items.front().record.serial;
    EXPECT_EQ(kindOf(responders().recordIntent(taken)), ErrorKind::Conflict);
}

}  // namespace
}  // namespace mailca::test
