#include "core/x509/request.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/x509/builder.h"
#include "core/x509/der.h"
#include "tests/support/certificates.h"
#include "tests/support/files.h"
#include "tests/support/mutate.h"

namespace mailca::x509 {
namespace {

const char* const kGreek = "\xCE\xB4\xCE\xBF\xCE\xBA\xCE\xB9\xCE\xBC\xCE\xAE@example.org";

Bytes data(const std::string& name) {
    return test::readBytes(test::dataFile("x509/" + name));
}
CertificateRequest load(const std::string& name) {
    return CertificateRequest::fromDer(data(name)).value();
}

// A signed request whose attributes are the given DER.
Bytes requestWith(const crypto::PrivateKey& key, ByteView attributes) {
    const Bytes info = der::sequence({der::smallInteger(0), der::sequence({}), key.publicKey().spki(),
                                      der::tagged(der::constructed(0), attributes)});
    return assemble(info, key.defaultAlgorithm(), key.sign(key.defaultAlgorithm(), info).value()).value();
}

TEST(CertificateRequest, ReadsAMailbox) {
    const CertificateRequest request = load("mailbox.csr");
    EXPECT_EQ(request.emailNames(), std::vector<std::string>{"alice@example.org"});
    EXPECT_TRUE(request.dnsNames().empty());
    EXPECT_TRUE(request.subjectCommonNames().empty());
    EXPECT_FALSE(request.hasOtherNames() || request.hasOtherSubjectParts());
    EXPECT_EQ(request.keyUsage(), std::nullopt);
    EXPECT_EQ(request.publicKey().type(), crypto::KeyType::Rsa);
    EXPECT_TRUE(request.verifySignature());
}

TEST(CertificateRequest, ReadsEveryOtherNameToo) {
    const CertificateRequest request = load("many.csr");
    EXPECT_EQ(request.emailNames(), std::vector<std::string>{"alice@example.org"});
    EXPECT_EQ(request.dnsNames(), std::vector<std::string>{"example.org"});
    EXPECT_TRUE(request.hasOtherNames());  // URI and IP
    EXPECT_EQ(request.subjectCommonNames(), std::vector<std::string>{"alice@example.org"});
    EXPECT_EQ(request.subjectEmails(), std::vector<std::string>{"alice@example.org"});
    EXPECT_TRUE(request.hasOtherSubjectParts());  // a country
    EXPECT_EQ(request.keyUsage(), kDigitalSignature | kKeyEncipherment);
}

TEST(CertificateRequest, ReadsAnInternationalMailbox) {  // A51
    EXPECT_EQ(load("utf8.csr").emailNames(), std::vector<std::string>{kGreek});
    EXPECT_TRUE(load("utf8.csr").verifySignature());
}

TEST(CertificateRequest, LeavesTheJudgementOfKeysToOthers) {
    EXPECT_EQ(load("weak.csr").publicKey().bits(), 1024);
    EXPECT_TRUE(load("weak.csr").verifySignature());
}

TEST(CertificateRequest, RefusesASignatureThatProvesNothing) {
    Bytes broken = data("mailbox.csr");
    broken.back() ^= 1;
    EXPECT_EQ(CertificateRequest::fromDer(broken).value().verifySignature().error().kind, ErrorKind::BadCsr);
    EXPECT_NE(load("sha1.csr").verifySignature().error().detail.find("SHA-256"), std::string::npos);

    // Somebody else's key under the same signature.
    Bytes stolen = makeRequest(test::makeKey(), EmailAddress::parse("a@example.org").value(), std::nullopt).value();
    const Bytes mine = test::makeKey().publicKey().rawPoint();
    const CertificateRequest original = CertificateRequest::fromDer(stolen).value();
    const Bytes theirs = original.publicKey().rawPoint();
    std::copy(mine.begin(), mine.end(), std::search(stolen.begin(), stolen.end(), theirs.begin(), theirs.end()));
    EXPECT_FALSE(CertificateRequest::fromDer(stolen).value().verifySignature());
}

TEST(CertificateRequest, RefusesTrailingBytesAndTooMuch) {
    Bytes der = data("mailbox.csr");
    der.push_back(0);
    EXPECT_EQ(CertificateRequest::fromDer(der).error().kind, ErrorKind::BadCsr);
    EXPECT_FALSE(CertificateRequest::fromDer({}));
    const crypto::PrivateKey key = test::makeKey();
    const Bytes type = der::oid("1.2.3.4").value();
    const Bytes large = der::sequence({type, der::tagged(der::kSet, der::tagged(der::kOctetString, Bytes(17 << 10)))});
    EXPECT_NE(CertificateRequest::fromDer(requestWith(key, large)).error().detail.find("16 KiB"), std::string::npos);
}

TEST(CertificateRequest, RefusesExtensionsThatCanBeReadInTwoWays) {
    const crypto::PrivateKey key = test::makeKey();
    const Bytes extensionRequest = der::oid("1.2.840.113549.1.9.14").value();
    const Bytes usage =
        der::sequence({der::oid("2.5.29.15").value(), der::tagged(der::kOctetString, der::namedBits(1))});
    const Bytes once = der::sequence({usage});
    const auto attribute = [&](ByteView values) {
        return der::sequence({extensionRequest, der::tagged(der::kSet, values)});
    };
    EXPECT_TRUE(CertificateRequest::fromDer(requestWith(key, attribute(once))));

    const Bytes twice = der::sequence({usage, usage});
    EXPECT_FALSE(CertificateRequest::fromDer(requestWith(key, attribute(twice))));
    Bytes values = once;
    der::append(values, once);
    EXPECT_FALSE(CertificateRequest::fromDer(requestWith(key, attribute(values))));
    Bytes attributes = attribute(once);
    der::append(attributes, attribute(once));
    EXPECT_FALSE(CertificateRequest::fromDer(requestWith(key, attributes)));
    EXPECT_FALSE(CertificateRequest::fromDer(requestWith(key, attribute(der::tagged(der::kOctetString, once)))));
}

TEST(MakeRequest, AsksForOneMailboxAndNothingElse) {
    for (const auto type :
         {crypto::KeyType::Rsa, crypto::KeyType::P256, crypto::KeyType::P384, crypto::KeyType::Ed25519}) {
        const crypto::PrivateKey key = test::makeKey(type);
        for (const char* mailbox : {"alice@example.org", kGreek}) {
            const Bytes der = makeRequest(key, EmailAddress::parse(mailbox).value(), kDigitalSignature).value();
            const auto request = CertificateRequest::fromDer(der);
            ASSERT_TRUE(request) << request.error().detail;
            EXPECT_TRUE(request->verifySignature());
            EXPECT_EQ(request->publicKey(), key.publicKey());
            EXPECT_EQ(request->emailNames(), std::vector<std::string>{mailbox});
            EXPECT_EQ(request->keyUsage(), kDigitalSignature);
            EXPECT_FALSE(request->hasOtherNames() || request->hasOtherSubjectParts());
        }
    }
}

TEST(CertificateRequest, LivesThroughHostileInput) {
    for (const char* name : {"mailbox.csr", "many.csr", "utf8.csr"}) {
        test::mutate(data(name), 1500, [](ByteView variant) {
            const auto request = CertificateRequest::fromDer(variant);
            if (request) (void)request->verifySignature();
        });
    }
}

}  // namespace
}  // namespace mailca::x509
