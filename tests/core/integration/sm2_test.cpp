// SM2 with SM3 (standards I5-I9), against the openssl command line, which is told the identifier of GM/T 0009.
#include <gtest/gtest.h>

#include "core/x509/crl.h"
#include "core/x509/path.h"
#include "core/x509/request.h"
#include "tests/support/certificates.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

namespace mailca {
namespace {

constexpr std::string_view kIdentified = " -sigopt distid:1234567812345678";

class Sm2 : public testing::Test {
 protected:
    std::string file(const std::string& name) const { return m_folder.file(name); }
    std::string put(const std::string& name, std::string_view content) const {
        test::writeFile(file(name), content);
        return file(name);
    }
    static test::Outcome openssl(const std::string& arguments) { return test::run("openssl " + arguments); }
    static std::string mustOpenssl(const std::string& arguments) {
        const test::Outcome outcome = openssl(arguments);
        EXPECT_EQ(outcome.status, 0) << arguments << "\n" << outcome.output;
        return outcome.output;
    }
    // A CSR by openssl for a key that it made, signed as `options` say.
    x509::CertificateRequest opensslRequest(const std::string& options) const {
        mustOpenssl("genpkey -algorithm SM2 -out " + file("own.pem"));
        mustOpenssl("req -new -key " + file("own.pem") + " -sm3 -subj / -addext subjectAltName=email:a@example.org" +
                    options + " -outform DER -out " + file("own.csr"));
        return x509::CertificateRequest::fromDer(test::readBytes(file("own.csr"))).value();
    }

    test::Identity root = test::makeRoot("SM2 Root", crypto::KeyType::Sm2);
    test::Identity leaf = test::makeLeaf(root, "alice@example.org", crypto::KeyType::Sm2);

 private:
    test::TempDir m_folder;
};

TEST_F(Sm2, KeysAreThoseOfOpenssl) {  // I5
    const std::string pem = put("key.pem", leaf.key.toPem().value().text());
    EXPECT_NE(mustOpenssl("pkey -in " + pem + " -check -noout -text").find("SM2"), std::string::npos);
    mustOpenssl("pkey -in " + pem + " -pubout -outform DER -out " + file("spki.der"));
    EXPECT_EQ(test::readBytes(file("spki.der")), leaf.key.publicKey().spki());
    EXPECT_EQ(toHex(ByteView(leaf.key.publicKey().spki()).subspan(2, 21)),
              "301306072a8648ce3d020106082a811ccf5501822d");

    mustOpenssl("genpkey -algorithm SM2 -out " + file("theirs.pem"));
    EXPECT_EQ(crypto::PrivateKey::fromPem(test::readFile(file("theirs.pem"))).value().type(), crypto::KeyType::Sm2);
}

TEST_F(Sm2, SignaturesHaveTheIdentifier) {  // I6
    const std::string key = put("key.pem", leaf.key.toPem().value().text()), text = put("text", "message");
    const Bytes ours = leaf.key.sign(crypto::SignatureAlgorithm::Sm2Sm3, asBytes("message")).value();
    const std::string verify = "pkeyutl -verify -rawin -digest sm3 -inkey " + key + " -in " + text + " -sigfile " +
                               put("ours.sig", asText(ours));
    EXPECT_EQ(openssl(verify + " -pkeyopt distid:1234567812345678").status, 0);
    EXPECT_NE(openssl(verify).status, 0) << "with the empty identifier that OpenSSL takes by itself (I7)";

    const std::string sign = "pkeyutl -sign -rawin -digest sm3 -inkey " + key + " -in " + text + " -out ";
    mustOpenssl(sign + file("theirs.sig") + " -pkeyopt distid:1234567812345678");
    mustOpenssl(sign + file("nobodys.sig"));
    const auto verified = [&](const std::string& name) {
        return leaf.key.publicKey()
            .verify(crypto::SignatureAlgorithm::Sm2Sm3, asBytes("message"), test::readBytes(file(name)))
            .has_value();
    };
    EXPECT_TRUE(verified("theirs.sig"));
    EXPECT_FALSE(verified("nobodys.sig"));
}

TEST_F(Sm2, CertificatesVerifyWithTheIdentifierOnly) {  // I8
    const std::string chain =
        "-CAfile " + put("root.pem", root.certificate.pem()) + " " + put("leaf.pem", leaf.certificate.pem());
    EXPECT_EQ(openssl("verify -vfyopt distid:1234567812345678 " + chain).status, 0);
    EXPECT_NE(openssl("verify " + chain).status, 0);
    EXPECT_NE(mustOpenssl("x509 -noout -text -in " + file("leaf.pem")).find("SM2-with-SM3"), std::string::npos);
    EXPECT_EQ(toHex(leaf.certificate.signatureAlgorithmDer()), "300a06082a811ccf55018375");
}

TEST_F(Sm2, OurOwnPathValidationKnowsTheIdentifierAtEveryLevel) {  // I8
    x509::CertificateFields fields = test::caFields(test::makeKey(crypto::KeyType::Sm2).publicKey(), "unused");
    const crypto::PrivateKey key = test::makeKey(crypto::KeyType::Sm2);
    fields.key = key.publicKey();
    fields.subject = x509::NameParts{"DE", "Test", "SM2 CA"};
    const test::Identity middle{crypto::PrivateKey::fromPkcs8(key.toPkcs8().value().view()).value(),
                                test::sign(fields, root)};
    const test::Identity alice = test::makeLeaf(middle, "alice@example.org", crypto::KeyType::Sm2);
    const Time now = parseRfc3339("2026-11-23T12:00:00Z").value();
    const auto path =
        x509::verifyPath(alice.certificate, {middle.certificate}, {root.certificate}, now, x509::Purpose::SmimeSign);
    ASSERT_TRUE(path) << path.error().detail;
    EXPECT_EQ(path->size(), 3U);
    EXPECT_TRUE(x509::verifySignature(alice.certificate, middle.key.publicKey()));
    EXPECT_FALSE(x509::verifySignature(alice.certificate, root.key.publicKey()));

    // By openssl with its empty identifier: our own judges refuse it.
    const std::string pem = put("key.pem", root.key.toPem().value().text());
    mustOpenssl("req -x509 -new -sm3 -key " + pem + " -subj /CN=x -days 30 -outform DER -out " + file("empty.der"));
    mustOpenssl("req -x509 -new -sm3 -key " + pem + " -subj /CN=x -days 30 -outform DER -out " + file("good.der") +
                std::string(kIdentified));
    const auto own = [&](const std::string& name) {
        const auto certificate = x509::Certificate::fromDer(test::readBytes(file(name))).value();
        return x509::verifySignature(certificate, certificate.publicKey()).has_value();
    };
    EXPECT_TRUE(own("good.der"));
    EXPECT_FALSE(own("empty.der"));
}

TEST_F(Sm2, RequestsProvePossessionWithTheIdentifier) {  // I6, I8
    const auto mailbox = EmailAddress::parse("a@example.org").value();
    const std::string ours = put("our.csr", asText(x509::makeRequest(leaf.key, mailbox, std::nullopt).value()));
    const std::string verify = "req -inform DER -verify -noout -in " + ours;
    EXPECT_NE(mustOpenssl(verify + " -vfyopt distid:1234567812345678").find("verify OK"), std::string::npos);
    EXPECT_EQ(mustOpenssl(verify + " 2>&1 || true").find("verify OK"), std::string::npos);

    EXPECT_TRUE(opensslRequest(std::string(kIdentified)).verifySignature());
    const auto refused = opensslRequest("").verifySignature();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::BadCsr);
    EXPECT_NE(refused.error().detail.find("-sigopt distid:1234567812345678"), std::string::npos);
}

TEST_F(Sm2, CrlsVerifyOnTheirBytes) {  // I9
    const Time now = parseRfc3339("2026-11-23T12:00:00Z").value();
    const x509::CrlFields fields{.signature = root.key.defaultAlgorithm(),
                                 .issuerDer = root.certificate.subjectDer(),
                                 .thisUpdate = now,
                                 .nextUpdate = now + 24h,
                                 .revoked = {{leaf.certificate.serial(), now, 1}},
                                 .number = 1,
                                 .authorityKeyId = root.certificate.subjectKeyId()};
    const Bytes tbs = x509::encodeTbsCrl(fields).value();
    const Bytes signature = root.key.sign(fields.signature, tbs).value();
    const Bytes der = x509::assemble(tbs, fields.signature, signature).value();
    const auto crl = x509::Crl::fromDer(der).value();
    EXPECT_TRUE(crl.verifySignature(root.certificate));
    Bytes broken = der;
    broken.back() ^= 1;
    EXPECT_FALSE(x509::Crl::fromDer(broken).value().verifySignature(root.certificate));

    mustOpenssl("pkeyutl -verify -rawin -digest sm3 -inkey " + put("key.pem", root.key.toPem().value().text()) +
                " -in " + put("tbs", asText(tbs)) + " -sigfile " + put("sig", asText(signature)) +
                " -pkeyopt distid:1234567812345678");
}

TEST_F(Sm2, AParameterOfNullIsReadToo) {  // I5
    Bytes algorithm = x509::encodeAlgorithm(crypto::SignatureAlgorithm::Sm2Sm3);
    EXPECT_EQ(x509::signatureAlgorithmOf(algorithm), crypto::SignatureAlgorithm::Sm2Sm3);
    algorithm[1] = 0x0C;
    algorithm.insert(algorithm.end(), {0x05, 0x00});
    EXPECT_EQ(x509::signatureAlgorithmOf(algorithm), crypto::SignatureAlgorithm::Sm2Sm3);
}

}  // namespace
}  // namespace mailca
