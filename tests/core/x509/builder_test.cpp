#include "core/x509/builder.h"

#include <gtest/gtest.h>

#include "core/x509/der.h"
#include "tests/support/certificates.h"

namespace mailca::x509 {
namespace {

using crypto::SignatureAlgorithm;

TEST(EncodeAlgorithm, WritesTheBytesOfTheBaselineRequirements) {  // D11
    EXPECT_EQ(toHex(encodeAlgorithm(SignatureAlgorithm::RsaSha256)), "300d06092a864886f70d01010b0500");
    EXPECT_EQ(toHex(encodeAlgorithm(SignatureAlgorithm::RsaSha384)), "300d06092a864886f70d01010c0500");
    EXPECT_EQ(toHex(encodeAlgorithm(SignatureAlgorithm::RsaSha512)), "300d06092a864886f70d01010d0500");
    EXPECT_EQ(toHex(encodeAlgorithm(SignatureAlgorithm::EcdsaSha256)), "300a06082a8648ce3d040302");
    EXPECT_EQ(toHex(encodeAlgorithm(SignatureAlgorithm::EcdsaSha384)), "300a06082a8648ce3d040303");
    EXPECT_EQ(toHex(encodeAlgorithm(SignatureAlgorithm::EcdsaSha512)), "300a06082a8648ce3d040304");
    EXPECT_EQ(toHex(encodeAlgorithm(SignatureAlgorithm::Ed25519)), "300506032b6570");
}

TEST(Der, WritesLengthsAndIntegers) {  // X.690 sections 8.1.3 and 8.3
    EXPECT_EQ(toHex(der::tagged(0x04, Bytes(0x7F))).substr(0, 4), "047f");
    EXPECT_EQ(toHex(der::tagged(0x04, Bytes(0x80))).substr(0, 6), "048180");
    EXPECT_EQ(toHex(der::tagged(0x04, Bytes(0x1234))).substr(0, 8), "04821234");
    EXPECT_EQ(toHex(der::tagged(0x04, Bytes(0x10000))).substr(0, 10), "0483010000");
    EXPECT_EQ(toHex(der::smallInteger(0)), "020100");
    EXPECT_EQ(toHex(der::smallInteger(127)), "02017f");
    EXPECT_EQ(toHex(der::smallInteger(128)), "02020080");
    EXPECT_EQ(toHex(der::smallInteger(UINT64_MAX)), "020900ffffffffffffffff");
    EXPECT_EQ(toHex(der::unsignedInteger(Bytes{0, 0, 0x80})), "02020080");
}

TEST(Der, WritesNamedBitsWithoutTrailingZeros) {  // X.690 section 11.2.2
    EXPECT_EQ(toHex(der::namedBits(kDigitalSignature)), "03020780");
    EXPECT_EQ(toHex(der::namedBits(kDigitalSignature | kKeyEncipherment)), "030205a0");
    EXPECT_EQ(toHex(der::namedBits(kKeyCertSign | kCrlSign)), "03020106");
    EXPECT_EQ(toHex(der::namedBits(kKeyAgreement | kDecipherOnly)), "0303070880");
    EXPECT_EQ(toHex(der::namedBits(0)), "030100");
}

TEST(Der, ChangesTheKindOfTimeIn2050) {  // RFC 5280 section 4.1.2.5
    const auto time = [](const char* text) { return toHex(der::time(parseRfc3339(text).value()).value()); };
    EXPECT_EQ(time("2049-12-31T23:59:59Z"), "170d" + toHex(asBytes("491231235959Z")));
    EXPECT_EQ(time("2050-01-01T00:00:00Z"), "180f" + toHex(asBytes("20500101000000Z")));
    EXPECT_EQ(time("1950-01-01T00:00:00Z"), "170d" + toHex(asBytes("500101000000Z")));
    EXPECT_FALSE(der::time(parseRfc3339("1949-12-31T23:59:59Z").value()));
    EXPECT_FALSE(der::time(fromUnix(253402300800)));  // the year 10000
}

TEST(Der, RefusesWhatIsNoOid) {
    EXPECT_EQ(toHex(der::oid("1.3.6.1.5.5.7.3.4").value()), "06082b06010505070304");
    for (const char* text : {"", "1", "1.", "a.b", "3.1", "1.40", "emailProtection", "1.2.-3"}) {
        EXPECT_FALSE(der::oid(text)) << text;
    }
}

TEST(EncodeName, WritesTheStringTypesOfRfc5280) {
    EXPECT_EQ(toHex(encodeName({}).value()), "3000");
    const std::string name = toHex(encodeName({"DE", "M\xC3\xBCller", "Root"}).value());
    EXPECT_NE(name.find("06035504061302" + toHex(asBytes("DE"))), std::string::npos);             // PrintableString
    EXPECT_NE(name.find("060355040a0c07" + toHex(asBytes("M\xC3\xBCller"))), std::string::npos);  // UTF8String
    EXPECT_NE(name.find("06035504030c04" + toHex(asBytes("Root"))), std::string::npos);
}

TEST(EncodeName, RefusesWhatDoesNotBelongIntoOne) {
    for (const NameParts& parts : {NameParts{"D", "", ""}, NameParts{"de", "", ""}, NameParts{"DEU", "", ""},
                                   NameParts{"", "line\nbreak", ""}, NameParts{"", "", std::string(65, 'x')}}) {
        EXPECT_FALSE(encodeName(parts));
    }
    EXPECT_TRUE(encodeName({"", "", std::string(64, 'x')}));
}

// Everything a subscriber certificate can carry.
CertificateFields full(const crypto::PublicKey& key) {
    CertificateFields fields = test::leafFields(key, "alice@example.org");
    fields.policies = {"1.3.6.1.4.1.32473.1", "1.3.6.1.4.1.32473.2"};
    fields.cpsUrl = "http://pki.example.org/cps";
    fields.crlUrls = {"http://pki.example.org/crl/1.crl"};
    fields.caIssuersUrls = {"http://pki.example.org/ca.cer"};
    fields.ocspUrls = {"http://pki.example.org/ocsp"};
    fields.smimeCapabilities = {"2.16.840.1.101.3.4.1.46", "2.16.840.1.101.3.4.1.42", "2.16.840.1.101.3.4.1.2"};
    fields.ocspNoCheck = true;
    fields.privateKeyUsage = std::pair{fields.notBefore, fields.notAfter};
    return fields;
}

TEST(EncodeTbsCertificate, WritesWhatTheFieldsSay) {
    const test::Identity root = test::makeRoot();
    const CertificateFields fields = full(test::makeKey().publicKey());
    const Certificate made = test::sign(fields, root);
    EXPECT_EQ(made.version(), 3);
    EXPECT_EQ(made.serial(), fields.serial);
    EXPECT_EQ(made.publicKey(), fields.key);
    EXPECT_EQ(made.notBefore(), fields.notBefore);
    EXPECT_EQ(made.notAfter(), fields.notAfter);
    EXPECT_EQ(made.issuerDer(), root.certificate.subjectDer());  // D26
    EXPECT_EQ(made.keyUsage(), fields.keyUsage);
    EXPECT_EQ(made.extendedKeyUsage(), fields.extendedKeyUsage);
    EXPECT_EQ(made.emails(), std::vector<std::string>{"alice@example.org"});
    EXPECT_EQ(made.policies(), fields.policies);
    EXPECT_EQ(made.crlUrls(), fields.crlUrls);
    EXPECT_EQ(made.caIssuersUrls(), fields.caIssuersUrls);
    EXPECT_EQ(made.ocspUrls(), fields.ocspUrls);
    EXPECT_EQ(made.subjectKeyId(), keyIdentifier(fields.key));
    EXPECT_EQ(made.authorityKeyId(), root.certificate.subjectKeyId());
    EXPECT_EQ(made.signatureAlgorithmDer(), made.tbsSignatureAlgorithmDer());
    EXPECT_TRUE(made.extension("1.2.840.113549.1.9.15"));
    EXPECT_EQ(made.extension("1.3.6.1.5.5.7.48.1.5")->value, (Bytes{0x05, 0x00}));
    EXPECT_EQ(toHex(made.extension("2.5.29.16")->value),
              "3022800f" + toHex(asBytes("20260101000000Z")) + "810f" + toHex(asBytes("20271231235959Z")));
}

TEST(EncodeTbsCertificate, MarksAsCriticalWhatMustBe) {  // D16-D23
    const test::Identity root = test::makeRoot();
    const Certificate made = test::sign(full(test::makeKey().publicKey()), root);
    for (const Extension& extension : made.extensions()) {
        const bool wanted = extension.oid == "2.5.29.15" || extension.oid == "2.5.29.17";  // the subject is empty
        EXPECT_EQ(extension.critical, wanted) << extension.oid;
    }
    CertificateFields named = full(test::makeKey().publicKey());
    named.subject = NameParts{"", "", "alice@example.org"};
    named.extendedKeyUsageCritical = true;
    EXPECT_FALSE(test::sign(named, root).extension("2.5.29.17")->critical);  // D6
    EXPECT_TRUE(test::sign(named, root).extension("2.5.29.37")->critical);   // E1
}

TEST(EncodeTbsCertificate, LeavesOutWhatIsNotAskedFor) {  // D19: no basicConstraints in a leaf
    const test::Identity root = test::makeRoot();
    CertificateFields fields = test::leafFields(test::makeKey().publicKey(), "alice@example.org");
    fields.extendedKeyUsage.clear();
    fields.keyUsage = 0;
    fields.mailbox.reset();
    const Certificate made = test::sign(fields, root);
    ASSERT_EQ(made.extensions().size(), 2u);  // the key identifiers
    EXPECT_FALSE(made.extension("2.5.29.19"));
}

TEST(EncodeTbsCertificate, WritesAuthorities) {  // D27, D28
    EXPECT_TRUE(test::makeRoot().certificate.isCa());
    const test::Identity root = test::makeRoot();
    CertificateFields fields = test::caFields(test::makeKey().publicKey(), "Issuing");
    fields.pathLength = 0;
    EXPECT_EQ(toHex(test::sign(fields, root).extension("2.5.29.19")->value), "30060101ff020100");
    fields.pathLength = -1;
    EXPECT_FALSE(encodeTbsCertificate(fields));
}

TEST(EncodeTbsCertificate, NamesInternationalMailboxesAsRfc9598Says) {  // A51, H5
    const test::Identity root = test::makeRoot();
    const char* const greek =
        "\xCE\xB1@b\xC3\xBC"
        "cher.example";
    const Certificate made = test::sign(test::leafFields(test::makeKey().publicKey(), greek), root);
    EXPECT_EQ(made.emails(), std::vector<std::string>{"\xCE\xB1@xn--bcher-kva.example"});
    EXPECT_NE(toHex(made.extension("2.5.29.17")->value).find("06082b06010505070809"), std::string::npos);
}

TEST(EncodeTbsCertificate, RefusesBrokenUrlsAndOids) {
    const CertificateFields good = full(test::makeKey().publicKey());
    for (const char* url : {"", "http://a b/", "http://ex\xC3\xA4mple/", "http://x/\n"}) {
        CertificateFields fields = good;
        fields.crlUrls = {url};
        EXPECT_FALSE(encodeTbsCertificate(fields)) << url;
    }
    CertificateFields fields = good;
    fields.policies = {"not.an.oid"};
    EXPECT_FALSE(encodeTbsCertificate(fields));
    fields = good;
    fields.issuer = Bytes{0x30, 0x05, 0x00};
    EXPECT_FALSE(encodeTbsCertificate(fields));
}

TEST(Assemble, WantsBothParts) {
    EXPECT_FALSE(assemble({}, SignatureAlgorithm::Ed25519, Bytes(64)));
    EXPECT_FALSE(assemble(Bytes{0x30, 0x00}, SignatureAlgorithm::Ed25519, {}));
    EXPECT_EQ(toHex(assemble(Bytes{0x30, 0x00}, SignatureAlgorithm::Ed25519, Bytes{0xAA}).value()),
              "300d3000300506032b6570030200aa");
}

}  // namespace
}  // namespace mailca::x509
