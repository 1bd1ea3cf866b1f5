// What became of a serial number, as OCSP has to say it (standards F15), and the responders' own certificates.
#include <gtest/gtest.h>

#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"
#include "tests/support/certificates.h"

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
    ca::ServiceLedger& services() { return m_scene.store().services(); }
    ca::ServiceIntent intent() {
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
    must(services().recordIntent(intent()));
    EXPECT_NE(revision(), before);
}

TEST_F(Statuses, AResponderIsGoodOnceItsCertificateIsRecorded) {  // F17
    const ca::ServiceIntent made = intent();
    must(services().recordIntent(made));
    EXPECT_EQ(status(made.serial), Status(Unknown{}));
    must(services().recordIssued({made.issuer, made.serial, {0x30, 0x00}, made.at}));
    EXPECT_EQ(status(made.serial), Status(Good{}));
    m_scene.open();
    EXPECT_EQ(status(made.serial), Status(Good{}));
}

TEST_F(Statuses, WhatTheCeremonyMadeIsAdoptedOnce) {
    SequenceRandom random;
    const Identity root = makeRoot();
    const x509::Certificate unit = makeLeaf(root, "a@example.org").certificate;
    const ca::ServiceRecord record{"timestamp-1", unit.serial(), unit.der(), m_scene.now()};
    EXPECT_EQ(status(unit.serial(), "timestamp-1"), Status(Unknown{}));
    must(services().adopt(record));
    must(services().adopt(record));
    EXPECT_EQ(status(unit.serial(), "timestamp-1"), Status(Good{}));
    EXPECT_EQ(m_scene.count("SELECT count(*) FROM service_certificates"), 1);
    EXPECT_EQ(m_scene.count("SELECT count(*) FROM audit WHERE act = 'certificate.adopted'"), 1);
}

TEST_F(Statuses, RespondersTakeNoSerialTwiceAndNeedTheirIntent) {
    const ca::ServiceIntent made = intent();
    const ca::ServiceRecord record{made.issuer, made.serial, {0x30, 0x00}, made.at};
    EXPECT_EQ(kindOf(services().recordIssued(record)), ErrorKind::Conflict);
    must(services().recordIntent(made));
    EXPECT_EQ(kindOf(services().recordIntent(made)), ErrorKind::Conflict);
    must(services().recordIssued(record));
    EXPECT_EQ(kindOf(services().recordIssued(record)), ErrorKind::Conflict) << "recorded already";

    ca::ServiceIntent taken = intent();
    taken.serial = m_scene.issue(m_account).items.front().record.serial;
    EXPECT_EQ(kindOf(services().recordIntent(taken)), ErrorKind::Conflict);
}

}  // namespace
}  // namespace mailca::test
