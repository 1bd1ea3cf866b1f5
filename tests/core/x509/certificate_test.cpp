#include "core/x509/certificate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/certificates.h"
#include "tests/support/files.h"
#include "tests/support/mutate.h"

namespace mailca::x509 {
namespace {

Certificate load(const std::string& name) {
    return Certificate::fromPem(test::readFile(test::dataFile("x509/" + name))).value();
}

// tests/data/x509/README.md: written by the openssl command line.
TEST(Certificate, ReadsASubscriberCertificate) {
    const Certificate alice = load("alice.pem");
    EXPECT_EQ(alice.version(), 3);
    EXPECT_EQ(alice.serial().hex(), "1002");
    EXPECT_EQ(alice.subjectText(), "CN=alice@example.org");
    EXPECT_EQ(alice.issuerText(), "CN=Example Issuing,O=Example,C=DE");
    EXPECT_EQ(toRfc3339(alice.notBefore()), "2026-01-01T00:00:00Z");
    EXPECT_EQ(toRfc3339(alice.notAfter()), "2036-01-01T00:00:00Z");
    EXPECT_EQ(alice.publicKey().type(), crypto::KeyType::Rsa);
    EXPECT_EQ(alice.publicKey().bits(), 2048);
    EXPECT_EQ(alice.keyUsage(), kDigitalSignature | kKeyEncipherment);
    EXPECT_EQ(alice.extendedKeyUsage(), std::vector{std::string(oid::kEmailProtection)});
    EXPECT_EQ(alice.emails(), (std::vector<std::string>{"alice@example.org", "alice@example.net"}));
    EXPECT_EQ(alice.policies(), (std::vector<std::string>{"1.3.6.1.4.1.32473.1.1", "1.3.6.1.4.1.32473.1.2"}));
    EXPECT_EQ(alice.crlUrls(), std::vector<std::string>{"http://pki.example.org/crl/7.crl"});
    EXPECT_EQ(alice.ocspUrls(), std::vector<std::string>{"http://pki.example.org/ocsp"});
    EXPECT_EQ(alice.caIssuersUrls(), std::vector<std::string>{"http://pki.example.org/issuing.cer"});
    EXPECT_FALSE(alice.isCa());
    EXPECT_EQ(alice.authorityKeyId(), load("issuing.pem").subjectKeyId());
    EXPECT_EQ(alice.issuerDer(), load("issuing.pem").subjectDer());  // D26: octet by octet
    EXPECT_EQ(toHex(alice.signatureAlgorithmDer()), "300a06082a8648ce3d040302");
    EXPECT_EQ(alice.tbsSignatureAlgorithmDer(), alice.signatureAlgorithmDer());
}

TEST(Certificate, TheDigestOfItsKeyNeedsNoParsing) {
    for (const char* name : {"alice.pem", "root.pem", "dora.pem"}) {
        const Certificate certificate = load(name);
        EXPECT_EQ(spkiSha256Of(certificate.der()).value(), certificate.publicKey().spkiSha256()) << name;
    }
    const Bytes der = load("alice.pem").der();
    for (std::size_t size = 0; size < der.size(); ++size) EXPECT_FALSE(spkiSha256Of(ByteView(der).first(size))) << size;
}

TEST(Certificate, ReadsAnAuthority) {
    const Certificate root = load("root.pem");
    EXPECT_TRUE(root.isCa());
    EXPECT_EQ(root.keyUsage(), kKeyCertSign | kCrlSign);
    EXPECT_TRUE(root.extension("2.5.29.19")->critical);
    EXPECT_FALSE(root.extension("2.5.29.14")->critical);
    EXPECT_FALSE(root.extension("2.5.29.37"));
    EXPECT_TRUE(root.authorityKeyId().empty());
    EXPECT_EQ(root.extensions().size(), 3u);
    EXPECT_EQ(root.issuerDer(), root.subjectDer());
}

TEST(Certificate, ReadsAnInternationalMailbox) {  // A51, H5
    const Certificate dora = load("dora.pem");
    EXPECT_EQ(dora.emails(), std::vector<std::string>{"\xCE\xB4\xCE\xBF\xCE\xBA\xCE\xB9\xCE\xBC\xCE\xAE@example.org"});
    EXPECT_TRUE(dora.extension("2.5.29.17")->critical);
    EXPECT_EQ(toHex(dora.subjectDer()), "3000");
    EXPECT_EQ(dora.publicKey().type(), crypto::KeyType::Ed25519);
    EXPECT_EQ(dora.serial().hex(), "8001");
}

TEST(Certificate, TbsIsWhatTheIssuerSigned) {
    const test::Identity root = test::makeRoot();
    const Certificate leaf = test::makeLeaf(root, "alice@example.org").certificate;
    const Bytes tbs = leaf.tbs();
    const Bytes& whole = leaf.der();
    // Behind the signed part stand the algorithm (12 octets) and the BIT STRING with its header (3) and the signature.
    const std::size_t behind = 12 + 3;
    const ByteView signature = ByteView(whole).subspan(4 + tbs.size() + behind);
    EXPECT_TRUE(root.key.publicKey().verify(crypto::SignatureAlgorithm::EcdsaSha256, tbs, signature));
}

TEST(Certificate, PemRoundTrips) {
    const Certificate alice = load("alice.pem");
    EXPECT_EQ(alice.pem(), test::readFile(test::dataFile("x509/alice.pem")));
    const auto both = Certificate::allFromPem("intro\n" + alice.pem() + "between\n" + load("bob.pem").pem() + "end\n");
    ASSERT_TRUE(both);
    ASSERT_EQ(both->size(), 2u);
    EXPECT_EQ(both->front(), alice);
    EXPECT_FALSE(Certificate::fromPem(alice.pem() + alice.pem()));
}

TEST(Certificate, RefusesBrokenPem) {
    const std::string good = load("bob.pem").pem();
    for (const std::string& pem : {std::string(), std::string("no PEM"), good.substr(0, good.size() - 40),
                                   good + good.substr(0, good.size() - 40),
                                   std::string("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n")}) {
        EXPECT_FALSE(Certificate::allFromPem(pem));
    }
}

TEST(Certificate, RefusesTrailingAndMissingBytes) {
    Bytes der = load("bob.pem").der();
    der.push_back(0);
    EXPECT_EQ(Certificate::fromDer(der).error().kind, ErrorKind::Parse);
    der.pop_back();
    der.pop_back();
    EXPECT_FALSE(Certificate::fromDer(der));
    EXPECT_FALSE(Certificate::fromDer({}));
}

TEST(Certificate, RefusesAnExtensionThatIsIllFormedInside) {
    Bytes der = load("bob.pem").der();
    const Bytes keyUsage = fromHex("0603551d0f0101ff0404030203").value();
    const auto at = std::search(der.begin(), der.end(), keyUsage.begin(), keyUsage.end());
    ASSERT_NE(at, der.end());
    *(at + 10) = 0x04;  // an OCTET STRING in place of the BIT STRING
    EXPECT_NE(Certificate::fromDer(der).error().detail.find("keyUsage"), std::string::npos);
}

TEST(Certificate, LivesThroughHostileInput) {
    for (const char* name : {"alice.pem", "dora.pem", "root.pem"}) {
        test::mutate(load(name).der(), 1500, [](ByteView variant) {
            const auto parsed = Certificate::fromDer(variant);
            if (!parsed) return;
            EXPECT_EQ(parsed->der(), Bytes(variant.begin(), variant.end()));
            (void)parsed->subjectText();
            (void)parsed->tbs();
            (void)parsed->pem();
        });
    }
    test::mutate(toBytes(load("bob.pem").pem()), 1000,
                 [](ByteView variant) { (void)Certificate::allFromPem(asText(variant)); });
}

}  // namespace
}  // namespace mailca::x509
