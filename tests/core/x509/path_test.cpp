#include "core/x509/path.h"

#include <gtest/gtest.h>

#include "tests/support/certificates.h"
#include "tests/support/files.h"

namespace mailca::x509 {
namespace {

Certificate load(const std::string& name) {
    return Certificate::fromPem(test::readFile(test::dataFile("x509/" + name))).value();
}

// A path from tests/data/x509 at a moment when everything there is valid.
Result<std::vector<Certificate>> verify(const std::string& leaf, Purpose purpose,
                                        const char* at = "2027-06-01T00:00:00Z") {
    return verifyPath(load(leaf), {load("issuing.pem")}, {load("root.pem")}, parseRfc3339(at).value(), purpose);
}

TEST(VerifyPath, FindsTheWayToTheAnchor) {
    const auto path = verify("alice.pem", Purpose::SmimeSign);
    ASSERT_TRUE(path) << path.error().detail;
    EXPECT_EQ(*path, (std::vector<Certificate>{load("alice.pem"), load("issuing.pem"), load("root.pem")}));
    EXPECT_TRUE(verify("dora.pem", Purpose::SmimeSign));
}

TEST(VerifyPath, TakesKeyAgreementForEncryption) {  // D20: EC certificates carry no keyEncipherment
    EXPECT_TRUE(verify("alice.pem", Purpose::SmimeEncrypt));
    EXPECT_TRUE(verify("bob.pem", Purpose::SmimeEncrypt));
    EXPECT_FALSE(verify("dora.pem", Purpose::SmimeEncrypt));
}

TEST(VerifyPath, HoldsToThePurpose) {
    EXPECT_TRUE(verify("website.pem", Purpose::Any));
    EXPECT_FALSE(verify("website.pem", Purpose::SmimeSign));
    EXPECT_FALSE(verify("stamp.pem", Purpose::SmimeSign));
    EXPECT_FALSE(verify("alice.pem", Purpose::Timestamp));
    // An S/MIME issuing CA gives no right to timestamps (D29), whatever the leaf says.
    EXPECT_FALSE(verify("stamp.pem", Purpose::Timestamp));
}

TEST(VerifyPath, KnowsTimestampCertificates) {  // RFC 3161 section 2.3
    const test::Identity root = test::makeRoot();
    CertificateFields fields = test::leafFields(test::makeKey().publicKey(), "alice@example.org");
    fields.extendedKeyUsage = {std::string(oid::kTimeStamping)};
    fields.extendedKeyUsageCritical = true;
    const Time at = fields.notBefore + 24h;
    EXPECT_TRUE(verifyPath(test::sign(fields, root), {}, {root.certificate}, at, Purpose::Timestamp));
    fields.extendedKeyUsage.emplace_back(oid::kEmailProtection);
    EXPECT_FALSE(verifyPath(test::sign(fields, root), {}, {root.certificate}, at, Purpose::Timestamp));
}

TEST(VerifyPath, LooksAtTheClock) {
    EXPECT_TRUE(verify("alice.pem", Purpose::Any, "2026-01-01T00:00:00Z"));
    EXPECT_FALSE(verify("alice.pem", Purpose::Any, "2025-12-31T23:59:59Z"));
    EXPECT_TRUE(verify("alice.pem", Purpose::Any, "2035-12-31T23:59:59Z"));  // OpenSSL gives the last second away
    const auto late = verify("alice.pem", Purpose::Any, "2036-01-01T00:00:01Z");
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::Unauthorized);
    EXPECT_NE(late.error().detail.find("expired"), std::string::npos);
}

TEST(VerifyPath, RefusesPathsWithAHole) {
    const Time at = parseRfc3339("2027-06-01T00:00:00Z").value();
    const Certificate alice = load("alice.pem");
    EXPECT_FALSE(verifyPath(alice, {}, {load("root.pem")}, at, Purpose::Any));
    EXPECT_FALSE(verifyPath(alice, {load("issuing.pem")}, {}, at, Purpose::Any));
    EXPECT_FALSE(
        verifyPath(alice, {load("issuing.pem")}, {test::makeRoot("Example Root").certificate}, at, Purpose::Any));
    EXPECT_FALSE(verifyPath(load("impostor.pem"), {load("issuing.pem")}, {load("root.pem")}, at, Purpose::Any));
    // An intermediate alone is no anchor.
    EXPECT_FALSE(verifyPath(alice, {}, {load("issuing.pem")}, at, Purpose::Any));
}

TEST(VerifyPath, LetsNoSubscriberIssue) {
    const test::Identity root = test::makeRoot();
    const test::Identity alice = test::makeLeaf(root, "alice@example.org");
    const test::Identity mallory = test::makeLeaf(alice, "mallory@example.org");
    const Time at = parseRfc3339("2027-06-01T00:00:00Z").value();
    EXPECT_TRUE(verifyPath(alice.certificate, {}, {root.certificate}, at, Purpose::SmimeSign));
    EXPECT_FALSE(verifyPath(mallory.certificate, {alice.certificate}, {root.certificate}, at, Purpose::SmimeSign));
}

TEST(VerifyPath, HoldsToThePathLength) {
    const test::Identity root = test::makeRoot();
    const auto authority = [](const test::Identity& issuer, const char* name, int pathLength) {
        crypto::PrivateKey key = test::makeKey();
        CertificateFields fields = test::caFields(key.publicKey(), name);
        fields.pathLength = pathLength;
        return test::Identity{std::move(key), test::sign(fields, issuer)};
    };
    const test::Identity first = authority(root, "First", 0);
    const test::Identity second = authority(first, "Second", 0);
    const test::Identity alice = test::makeLeaf(second, "alice@example.org");
    const Time at = parseRfc3339("2027-06-01T00:00:00Z").value();
    EXPECT_TRUE(verifyPath(first.certificate, {}, {root.certificate}, at, Purpose::Any));
    EXPECT_FALSE(
        verifyPath(alice.certificate, {first.certificate, second.certificate}, {root.certificate}, at, Purpose::Any));
}

TEST(VerifyPath, RefusesWeakKeys) {
    const test::Identity root = test::makeRoot();
    const crypto::PrivateKey weak = test::makeKey(crypto::KeyType::Rsa, 1024);
    const Certificate leaf = test::sign(test::leafFields(weak.publicKey(), "alice@example.org"), root);
    EXPECT_FALSE(verifyPath(leaf, {}, {root.certificate}, leaf.notBefore(), Purpose::Any));
}

TEST(VerifySignature, TellsTheIssuerFromOthers) {
    EXPECT_TRUE(verifySignature(load("alice.pem"), load("issuing.pem").publicKey()));
    EXPECT_EQ(verifySignature(load("alice.pem"), load("root.pem").publicKey()).error().kind, ErrorKind::Crypto);
    Bytes der = load("alice.pem").der();
    der.back() ^= 1;
    EXPECT_FALSE(verifySignature(Certificate::fromDer(der).value(), load("issuing.pem").publicKey()));
}

}  // namespace
}  // namespace mailca::x509
