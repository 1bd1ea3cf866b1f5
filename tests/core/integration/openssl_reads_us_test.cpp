// What core/ writes is read by the openssl command line: another program's opinion of our DER, our keys and our mail.
#include <gtest/gtest.h>

#include "core/cms/enveloped.h"
#include "core/x509/request.h"
#include "tests/support/certificates.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

namespace mailca {
namespace {

class OpensslReadsUs : public testing::Test {
 protected:
    std::string file(const std::string& name) const { return m_folder.file(name); }
    std::string put(const std::string& name, std::string_view content) const {
        test::writeFile(file(name), content);
        return file(name);
    }
    // The output of an openssl command that must succeed.
    static std::string openssl(const std::string& arguments) {
        const test::Outcome outcome = test::run("openssl " + arguments);
        EXPECT_EQ(outcome.status, 0) << arguments << "\n" << outcome.output;
        return outcome.output;
    }
    static bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

 private:
    test::TempDir m_folder;
};

x509::CertificateFields subscriber(const crypto::PublicKey& key, const std::string& mailbox) {
    x509::CertificateFields fields = test::leafFields(key, mailbox);
    fields.policies = {"1.3.6.1.4.1.32473.1"};
    fields.cpsUrl = "http://pki.example.org/cps";
    fields.crlUrls = {"http://pki.example.org/crl/1.crl"};
    fields.caIssuersUrls = {"http://pki.example.org/ca.cer"};
    fields.smimeCapabilities = {"2.16.840.1.101.3.4.1.42"};
    return fields;
}

TEST_F(OpensslReadsUs, Keys) {
    for (const auto type :
         {crypto::KeyType::Rsa, crypto::KeyType::P256, crypto::KeyType::P384, crypto::KeyType::Ed25519}) {
        const crypto::PrivateKey key = test::makeKey(type);
        const std::string pem = put("key.pem", key.toPem().value().text());
        openssl("pkey -in " + pem + " -check -noout");
        openssl("pkey -in " + pem + " -pubout -outform DER -out " + file("spki.der"));
        EXPECT_EQ(test::readBytes(file("spki.der")), key.publicKey().spki());
    }
}

TEST_F(OpensslReadsUs, Certificates) {
    const test::Identity root = test::makeRoot("Test Root", crypto::KeyType::P384);
    const x509::Certificate leaf = test::sign(subscriber(test::makeKey().publicKey(), "alice@example.org"), root);
    const std::string rootFile = put("root.pem", root.certificate.pem()), leafFile = put("leaf.pem", leaf.pem());
    EXPECT_TRUE(has(openssl("verify -x509_strict -purpose smimesign -CAfile " + rootFile + " " + leafFile), ": OK"));
    const std::string text = openssl("x509 -noout -text -in " + leafFile);
    for (const char* part :
         {"Version: 3 (0x2)", "ecdsa-with-SHA384", "Subject: \n", "X509v3 Key Usage: critical",
          "email:alice@example.org", "X509v3 Subject Alternative Name: critical", "CPS: http://pki.example.org/cps",
          "URI:http://pki.example.org/crl/1.crl", "CA Issuers - URI:http://pki.example.org/ca.cer", "E-mail Protection",
          "S/MIME Capabilities"}) {
        EXPECT_TRUE(has(text, part)) << part << "\n" << text;
    }
    EXPECT_FALSE(has(text, "Basic Constraints"));  // D19
}

TEST_F(OpensslReadsUs, InternationalMailboxes) {  // H5
    const test::Identity root = test::makeRoot();
    const std::string greek = "\xCE\xB4\xCE\xBF\xCE\xBA\xCE\xB9\xCE\xBC\xCE\xAE@example.org";
    const x509::Certificate leaf = test::sign(subscriber(test::makeKey().publicKey(), greek), root);
    EXPECT_TRUE(has(openssl("x509 -noout -ext subjectAltName -in " + put("leaf.pem", leaf.pem())),
                    "SmtpUTF8Mailbox::" + greek));
}

TEST_F(OpensslReadsUs, Requests) {
    for (const auto type :
         {crypto::KeyType::Rsa, crypto::KeyType::P256, crypto::KeyType::P384, crypto::KeyType::Ed25519}) {
        const Bytes der = x509::makeRequest(test::makeKey(type), EmailAddress::parse("alice@example.org").value(),
                                            x509::kDigitalSignature)
                              .value();
        const std::string text = openssl("req -inform DER -verify -noout -text -in " + put("request.der", asText(der)));
        EXPECT_TRUE(has(text, "verify OK")) << text;
        EXPECT_TRUE(has(text, "email:alice@example.org"));
        EXPECT_TRUE(has(text, "Digital Signature"));
    }
}

TEST_F(OpensslReadsUs, Crls) {
    const test::Identity root = test::makeRoot();
    const test::Identity alice = test::makeLeaf(root, "alice@example.org");
    const Time now = parseRfc3339("2026-11-23T12:00:00Z").value();
    x509::CrlFields fields{.signature = root.key.defaultAlgorithm(),
                           .issuerDer = root.certificate.subjectDer(),
                           .thisUpdate = now,
                           .nextUpdate = now + 24h,
                           .revoked = {{alice.certificate.serial(), now, 1}},
                           .number = 300,
                           .authorityKeyId = root.certificate.subjectKeyId(),
                           .distributionPoint = "http://pki.example.org/crl/1.crl"};
    const auto write = [&] {
        const Bytes tbs = x509::encodeTbsCrl(fields).value();
        const Bytes signature = root.key.sign(fields.signature, tbs).value();
        return put("crl.der", asText(x509::assemble(tbs, fields.signature, signature).value()));
    };
    const std::string rootFile = put("root.pem", root.certificate.pem());
    std::string text = openssl("crl -inform DER -noout -text -CAfile " + rootFile + " -in " + write());
    for (const char* part :
         {"verify OK", "Version 2 (0x1)", "X509v3 Issuing Distribution Point: critical", "Key Compromise",
          "URI:http://pki.example.org/crl/1.crl", "X509v3 CRL Number: \n                300"}) {
        EXPECT_TRUE(has(text, part)) << part << "\n" << text;
    }
    fields.revoked.clear();  // F2
    text = openssl("crl -inform DER -noout -text -CAfile " + rootFile + " -in " + write());
    EXPECT_TRUE(has(text, "No Revoked Certificates."));
}

TEST_F(OpensslReadsUs, Mail) {
    const test::Identity root = test::makeRoot();
    const std::string plain = "Content-Type: text/plain\r\n\r\nhello\r\n";
    for (const auto type : {crypto::KeyType::Rsa, crypto::KeyType::P256, crypto::KeyType::P384}) {
        const test::Identity alice = test::makeLeaf(root, "alice@example.org", type);
        const std::string key = put("key.pem", alice.key.toPem().value().text());
        const std::string certificate = put("leaf.pem", alice.certificate.pem());
        for (const auto cipher : {cms::ContentCipher::Aes256Cbc, cms::ContentCipher::Aes256Gcm}) {
            const Bytes message = cms::encrypt(asBytes(plain), {root.certificate, alice.certificate}, cipher).value();
            const std::string mail = put("mail.eml", cms::toSmime(message, cms::smimeTypeOf(cipher)));
            openssl("cms -decrypt -inform SMIME -in " + mail + " -inkey " + key + " -recip " + certificate + " -out " +
                    file("plain"));
            EXPECT_EQ(test::readFile(file("plain")), plain);
            const std::string shape = openssl("cms -cmsout -print -inform DER -in " + put("mail.der", asText(message)));
            EXPECT_TRUE(has(shape, cipher == cms::ContentCipher::Aes256Gcm ? "aes-256-gcm" : "aes-256-cbc"));
            EXPECT_FALSE(has(shape, "sha1")) << shape;
        }
    }
}

TEST_F(OpensslReadsUs, AndWeReadItsMail) {
    const test::Identity alice = test::makeLeaf(test::makeRoot(), "alice@example.org", crypto::KeyType::P384);
    const std::string certificate = put("leaf.pem", alice.certificate.pem());
    const std::string plain = put("plain", "hello\r\n");
    for (const char* cipher : {"-aes-128-cbc", "-aes-256-cbc", "-aes-256-gcm"}) {
        for (const char* shape : {"SMIME", "DER", "PEM"}) {
            openssl(std::string("cms -encrypt -binary ") + cipher + " -in " + plain + " -outform " + shape + " -out " +
                    file("mail") + " " + certificate);
            const Bytes message = cms::fromSmime(test::readFile(file("mail"))).value();
            EXPECT_EQ(asText(cms::decrypt(message, alice.key, alice.certificate).value()), "hello\r\n")
                << cipher << shape;
        }
    }
}

TEST_F(OpensslReadsUs, EncryptedKeysAreNotAskedFor) {
    openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes-256-cbc -pass pass:x -out " +
            file("locked.pem"));
    const auto key = crypto::PrivateKey::fromPem(test::readFile(file("locked.pem")));
    ASSERT_FALSE(key);
    EXPECT_NE(key.error().detail.find("unencrypted"), std::string::npos);
}

}  // namespace
}  // namespace mailca
