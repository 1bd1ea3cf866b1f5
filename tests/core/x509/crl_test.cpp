#include "core/x509/crl.h"

#include <gtest/gtest.h>

#include "tests/support/certificates.h"
#include "tests/support/files.h"
#include "tests/support/mutate.h"

namespace mailca::x509 {
namespace {

Bytes data(const std::string& name) {
    return test::readBytes(test::dataFile("x509/" + name));
}
Certificate certificate(const std::string& name) {
    return Certificate::fromPem(test::readFile(test::dataFile("x509/" + name))).value();
}

CrlFields fieldsOf(const test::Identity& issuer) {
    return {.signature = issuer.key.defaultAlgorithm(),
            .issuerDer = issuer.certificate.subjectDer(),
            .thisUpdate = parseRfc3339("2026-11-23T12:00:00Z").value(),
            .nextUpdate = parseRfc3339("2026-11-30T12:00:00Z").value(),
            .number = 7,
            .authorityKeyId = issuer.certificate.subjectKeyId(),
            .distributionPoint = "http://pki.example.org/crl/3.crl"};
}

Bytes sealed(const CrlFields& fields, const test::Identity& issuer) {
    const Bytes tbs = encodeTbsCrl(fields).value();
    return assemble(tbs, fields.signature, issuer.key.sign(fields.signature, tbs).value()).value();
}

TEST(Crl, ReadsWhatOpensslWrote) {
    const Crl crl = Crl::fromDer(data("shard.crl")).value();
    EXPECT_EQ(toRfc3339(crl.thisUpdate()), "2026-01-01T00:00:00Z");
    EXPECT_EQ(toRfc3339(crl.nextUpdate().value()), "2036-01-01T00:00:00Z");
    EXPECT_EQ(crl.number(), 0x2Bu);
    EXPECT_EQ(crl.distributionPoint(), "http://pki.example.org/crl/7.crl");
    EXPECT_EQ(crl.issuerDer(), certificate("issuing.pem").subjectDer());
    ASSERT_EQ(crl.revoked().size(), 2u);
    EXPECT_EQ(crl.find(certificate("alice.pem").serial())->reason, 1);  // keyCompromise
    EXPECT_EQ(crl.find(certificate("bob.pem").serial())->reason, std::nullopt);
    EXPECT_FALSE(crl.find(certificate("stamp.pem").serial()));
    EXPECT_TRUE(crl.verifySignature(certificate("issuing.pem")));
    EXPECT_FALSE(crl.verifySignature(certificate("root.pem")));
}

TEST(Crl, ReadsOneWithoutEntries) {
    const Crl crl = Crl::fromDer(data("empty.crl")).value();
    EXPECT_TRUE(crl.revoked().empty());
    EXPECT_FALSE(crl.find(certificate("alice.pem").serial()));
}

TEST(Crl, RefusesOneThatIsNotWhole) {  // RFC 5280 section 5.2.5
    EXPECT_NE(Crl::fromDer(data("reasons.crl")).error().detail.find("some reasons"), std::string::npos);
}

TEST(Crl, RefusesTrailingBytesAndASignatureThatIsBroken) {
    Bytes der = data("shard.crl");
    der.push_back(0);
    EXPECT_EQ(Crl::fromDer(der).error().kind, ErrorKind::Parse);
    der.pop_back();
    der.back() ^= 1;
    EXPECT_EQ(Crl::fromDer(der).value().verifySignature(certificate("issuing.pem")).error().kind, ErrorKind::Crypto);
}

TEST(EncodeTbsCrl, RoundTrips) {  // F1, F3, F4, F5
    const test::Identity root = test::makeRoot();
    CrlFields fields = fieldsOf(root);
    const Time at = parseRfc3339("2026-11-22T10:00:00Z").value();
    fields.revoked = {{Serial::fromHex("00ff01").value(), at, 4}, {Serial::fromHex("7f").value(), at, std::nullopt}};
    const Crl crl = Crl::fromDer(sealed(fields, root)).value();
    EXPECT_EQ(crl.tbs(), encodeTbsCrl(fields).value());
    EXPECT_TRUE(crl.verifySignature(root.certificate));
    EXPECT_EQ(crl.number(), 7u);
    EXPECT_EQ(crl.distributionPoint(), fields.distributionPoint);
    EXPECT_EQ(crl.thisUpdate(), fields.thisUpdate);
    EXPECT_EQ(crl.nextUpdate(), fields.nextUpdate);
    ASSERT_EQ(crl.revoked().size(), 2u);
    EXPECT_EQ(crl.find(fields.revoked[0].serial)->reason, 4);
    EXPECT_EQ(crl.find(fields.revoked[0].serial)->at, at);
    for (const RevokedEntry& entry : crl.revoked()) EXPECT_TRUE(crl.find(entry.serial)) << entry.serial.hex();
    EXPECT_EQ(crl.find(fields.revoked[1].serial)->reason, std::nullopt);
}

TEST(EncodeTbsCrl, LeavesTheListOutWhenNobodyIsRevoked) {  // F2: nextUpdate is followed by [0] at once
    const test::Identity root = test::makeRoot();
    const std::string tbs = toHex(encodeTbsCrl(fieldsOf(root)).value());
    const std::string nextUpdate = "170d" + toHex(asBytes("261130120000Z"));
    ASSERT_NE(tbs.find(nextUpdate), std::string::npos);
    EXPECT_EQ(tbs.substr(tbs.find(nextUpdate) + nextUpdate.size(), 2), "a0");
}

TEST(EncodeTbsCrl, RefusesReasonsThatMayNotStandThere) {  // D50, F5
    const test::Identity root = test::makeRoot();
    for (const int reason : {0, 7, 11, -1}) {
        CrlFields fields = fieldsOf(root);
        fields.revoked = {{Serial::fromHex("01").value(), fields.thisUpdate, reason}};
        EXPECT_EQ(encodeTbsCrl(fields).error().kind, ErrorKind::BadRevocationReason) << reason;
    }
}

TEST(EncodeTbsCrl, TakesManyEntries) {
    const test::Identity root = test::makeRoot();
    CrlFields fields = fieldsOf(root);
    SystemRandom random;
    for (int i = 0; i < 20'000; ++i) fields.revoked.push_back({Serial::random(random), fields.thisUpdate, 1 + i % 5});
    const Crl crl = Crl::fromDer(sealed(fields, root)).value();
    ASSERT_EQ(crl.revoked().size(), fields.revoked.size());
    EXPECT_EQ(crl.find(fields.revoked[12'345].serial)->reason, fields.revoked[12'345].reason);
}

TEST(Crl, LivesThroughHostileInput) {
    const Certificate issuer = certificate("issuing.pem");
    test::mutate(data("shard.crl"), 3000, [&](ByteView variant) {
        const auto crl = Crl::fromDer(variant);
        if (!crl) return;
        (void)crl->find(issuer.serial());
        (void)crl->tbs();
    });
}

}  // namespace
}  // namespace mailca::x509
