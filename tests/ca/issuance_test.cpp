#include "ca/issuance.h"

#include <gtest/gtest.h>

#include "ca/lint/lint.h"
#include "ca/signing.h"
#include "core/crypto/hash.h"
#include "core/x509/builder.h"
#include "core/x509/path.h"
#include "tests/ca/issuance_fixture.h"

namespace mailca::ca {
namespace {

using crypto::KeyType;
using test::must;
using test::Wanted;

class IssuanceTest : public ::testing::Test, protected test::IssuanceFixture {
 protected:
    Result<std::vector<Issued>> issueOne(Wanted wanted = {}) {
        std::vector<IssuanceRequest> requests;
        requests.push_back(request(std::move(wanted)));
        return issuance.issue(requests);
    }
};

TEST_F(IssuanceTest, NothingIsSignedUnlessTheIntentIsRecorded) {
    const auto issued = issueOne();  // the ledger refuses
    ASSERT_FALSE(issued.has_value());
    EXPECT_EQ(issued.error().kind, ErrorKind::Conflict);
    EXPECT_EQ(ledger.recorded.size(), 1U);
}

// The ledger looks at what exists while it records: the request's certificate must not.
TEST_F(IssuanceTest, RecordsExactlyWhatItSignsAfterwards) {
    accept();
    std::vector<IssuanceRequest> requests;
    for (const char* profile : {"smime-sign", "smime-encrypt", "timestamp"}) requests.push_back(request({profile}));
    const auto issued = must(issuance.issue(requests));

    ASSERT_EQ(ledger.recorded.size(), 1U);  // one transaction for the whole order
    const IntentsOfOrder& intents = ledger.recorded.front();
    EXPECT_EQ(intents.order, order);
    EXPECT_EQ(intents.account, account);
    EXPECT_EQ(intents.authorization, authorization);
    EXPECT_EQ(intents.at, clock.now());
    EXPECT_EQ(intents.caaGoodUntil, clock.now() + seconds{3600});
    ASSERT_EQ(intents.intents.size(), 3U);
    ASSERT_EQ(issued.size(), 3U);
    for (std::size_t i = 0; i < issued.size(); ++i) {
        const Intent& intent = intents.intents[i];
        EXPECT_EQ(intent.profile, requests[i].profile->name);
        EXPECT_EQ(issued[i].profile(), intent.profile);
        EXPECT_EQ(issued[i].issuer(), intent.issuer);
        EXPECT_EQ(issued[i].certificate().serial(), intent.serial);
        EXPECT_EQ(crypto::sha256(issued[i].certificate().tbs()), intent.tbsSha256);
        EXPECT_EQ(issued[i].certificate().publicKey().spkiSha256(), intent.spkiSha256);
    }
    EXPECT_EQ(issued[0].issuer(), "smime-1");
    EXPECT_EQ(issued[2].issuer(), "mailbox-timestamp-1");
}

// Prepares as the signer does, and is gone when it should sign.
class DyingSigner final : public Signer {
 public:
    explicit DyingSigner(Signer& signer) : m_signer(signer) {}
    Result<Prepared> prepare(const std::vector<IssuanceRequest>& requests) override {
        return m_signer.prepare(requests);
    }
    Result<Prepared> prepareResponder(const std::string&) override { return gone(); }
    Result<std::vector<Bytes>> sign(const Handle&) override { return gone(); }
    Result<Bytes> signCrl(const std::string&, const CrlRequest&) override { return gone(); }
    Result<ocsp::SignedResponse> signStatus(const StatusRequest&) override { return gone(); }
    Result<Bytes> timestamp(const TimestampRequest&) override { return gone(); }
    Result<Bytes> signAuditHead(const AuditStatement&) override { return gone(); }

 private:
    static Error gone() { return fail(ErrorKind::Unavailable, "the signer is gone"); }
    Signer& m_signer;
};

// What may pass by itself is tried again (ra::IssuanceSteps); these intents must not be.
TEST_F(IssuanceTest, ASignerThatDiesAfterTheIntentEndsTheOrder) {
    accept();
    DyingSigner dying(signer);
    const auto issued = Issuance(dying, ledger, clock).issue({request()});
    ASSERT_FALSE(issued.has_value());
    EXPECT_EQ(issued.error().kind, ErrorKind::Crypto);
    EXPECT_NE(issued.error().detail.find("the signer is gone"), std::string::npos);
    EXPECT_EQ(ledger.recorded.size(), 1U);
}

TEST_F(IssuanceTest, OneBadItemAndNoneIsRecorded) {  // all or none
    accept();
    std::vector<IssuanceRequest> requests;
    requests.push_back(request());
    requests.push_back(request({.caaGoodFor = seconds{-1}}));
    EXPECT_FALSE(issuance.issue(requests).has_value());
    EXPECT_TRUE(ledger.recorded.empty());
}

TEST_F(IssuanceTest, TheYoungestCaaAnswerDecides) {
    accept();
    std::vector<IssuanceRequest> requests;
    requests.push_back(request({.caaGoodFor = seconds{500}}));
    requests.push_back(request({.caaGoodFor = seconds{60}}));
    must(issuance.issue(requests));
    EXPECT_EQ(ledger.recorded.front().caaGoodUntil, clock.now() + seconds{60});
}

TEST_F(IssuanceTest, OldCaaAnswersPermitNothing) {
    accept();
    std::vector<IssuanceRequest> requests;
    requests.push_back(request({.caaGoodFor = seconds{60}}));
    clock.advance(seconds{61});
    const auto issued = issuance.issue(requests);
    ASSERT_FALSE(issued.has_value());
    EXPECT_EQ(issued.error().kind, ErrorKind::Caa);
}

TEST_F(IssuanceTest, CertificateIsWhatTheProfileSays) {
    accept();
    const auto issued = must(issueOne({"smime-encrypt"}));
    const x509::Certificate& certificate = issued.front().certificate();
    EXPECT_EQ(certificate.notBefore(), clock.now() - std::chrono::hours{1});
    EXPECT_EQ(certificate.notAfter(), certificate.notBefore() + std::chrono::days{397} - seconds{1});  // D24, D57
    EXPECT_EQ(certificate.emails(), std::vector<std::string>{"alice@example.org"});
    EXPECT_EQ(certificate.subjectText(), "CN=alice@example.org");
    EXPECT_EQ(certificate.keyUsage(), unsigned{x509::kKeyAgreement});
    EXPECT_EQ(certificate.extendedKeyUsage(), std::vector<std::string>{std::string(x509::oid::kEmailProtection)});
    const Issuer& issuer = disk.smime();
    EXPECT_EQ(certificate.crlUrls(), std::vector<std::string>{issuer.crlUrl(issuer.shardOf(certificate.serial()))});
    EXPECT_EQ(certificate.caIssuersUrls(), std::vector<std::string>{issuer.certificateUrl()});
    EXPECT_EQ(certificate.ocspUrls(), std::vector<std::string>{"http://pki.example.org/ocsp"});  // D18
    EXPECT_FALSE(certificate.isCa());
    EXPECT_TRUE(
        x509::verifyPath(certificate, {issuer.certificate}, {issuer.root()}, clock.now(), x509::Purpose::SmimeEncrypt)
            .has_value());
}

TEST_F(IssuanceTest, ALongMailboxHasNoCommonName) {  // D4
    accept();
    const std::string mailbox = std::string(60, 'a') + "@example.org";
    const auto issued = must(issueOne({.mailbox = mailbox}));
    EXPECT_EQ(issued.front().certificate().subjectText(), "");
    EXPECT_TRUE(issued.front().certificate().extension("2.5.29.17")->critical);
    EXPECT_EQ(issued.front().certificate().emails(), std::vector<std::string>{mailbox});
}

TEST_F(IssuanceTest, SerialsAreNeverTheSame) {  // D25
    accept();
    EXPECT_NE(must(issueOne()).front().certificate().serial(), must(issueOne()).front().certificate().serial());
}

TEST_F(IssuanceTest, UseMustBeTheProfilesUnlessItMayBeNarrowed) {  // A52
    accept();
    EXPECT_EQ(must(issueOne({"smime-dual", Use::Encrypt})).front().certificate().keyUsage(),
              unsigned{x509::kKeyAgreement});
    EXPECT_EQ(must(issueOne({"smime-dual", Use::Sign})).front().certificate().keyUsage(),
              unsigned{x509::kDigitalSignature});
    for (const auto& [profile, use] : {std::pair{"smime-sign", Use::Encrypt}, {"smime-dual", Use::Timestamp}}) {
        const auto issued = issueOne({profile, use});
        ASSERT_FALSE(issued.has_value());
        EXPECT_EQ(issued.error().kind, ErrorKind::BadCsr);
    }
}

TEST_F(IssuanceTest, MixedUpProofsAreABrokenProgram) {
    accept();
    const IssuanceRequest alice = request();
    const IssuanceRequest bob = request({.mailbox = "bob@example.net"});
    IssuanceRequest mixed = alice;
    mixed.mailbox = bob.mailbox;
    EXPECT_THROW(static_cast<void>(signer.prepare({mixed}).has_value()), std::logic_error);
    mixed = alice;
    mixed.caa = bob.caa;
    EXPECT_THROW(static_cast<void>(signer.prepare({mixed}).has_value()), std::logic_error);
    mixed = alice;
    mixed.key = bob.key;
    EXPECT_THROW(static_cast<void>(signer.prepare({mixed}).has_value()), std::logic_error);
    EXPECT_THROW(static_cast<void>(issuance.issue({}).has_value()), std::logic_error);
    IssuanceRequest other = request();
    other.order = OrderId::random(random);
    EXPECT_THROW(static_cast<void>(issuance.issue({alice, other}).has_value()), std::logic_error);
    EXPECT_TRUE(ledger.recorded.empty());
}

TEST_F(IssuanceTest, AnIssuerThatEndsTooSoonIssuesNothing) {
    accept();
    clock.advance(std::chrono::days{365 * 7 + 200});  // smime-1 lives for eight years
    const auto issued = issueOne();
    ASSERT_FALSE(issued.has_value());
    EXPECT_EQ(issued.error().kind, ErrorKind::Lint);
    EXPECT_NE(issued.error().detail.find("outlives-issuer"), std::string::npos);
}

// Every profile with every type of key it takes: clean, and verified by the path builder.
TEST_F(IssuanceTest, EveryProfileIsCleanForEveryKey) {
    accept();
    const Secret rsa = must(must(crypto::PrivateKey::generate({KeyType::Rsa, 3072})).toPem());
    for (const auto& [name, description] : profiles.advertised()) {
        if (profiles.isBundle(name)) continue;
        const Profile& profile = *profiles.find(name);
        std::vector<KeyType> types = profile.curves;
        if (profile.rsaMaxBits > 0) types.push_back(KeyType::Rsa);
        for (const KeyType type : types) {
            Wanted wanted{.profile = name};
            wanted.key = type == KeyType::Rsa ? must(crypto::PrivateKey::fromPem(rsa.text()))
                                              : must(crypto::PrivateKey::generate({type, 0}));
            const auto issued = issueOne(std::move(wanted));
            ASSERT_TRUE(issued.has_value()) << name << " " << nameOf(type) << ": " << issued.error().text();
            const Issuer& issuer = *disk.authority().forHierarchy(profile.hierarchy);
            const auto purpose = profile.use == Use::Timestamp ? x509::Purpose::Timestamp
                                 : profile.use == Use::Encrypt ? x509::Purpose::SmimeEncrypt
                                                               : x509::Purpose::SmimeSign;
            EXPECT_TRUE(x509::verifyPath(issued->front().certificate(), {issuer.certificate}, {issuer.root()},
                                         clock.now(), purpose))
                << name;
        }
    }
}

TEST_F(IssuanceTest, Sm2CertificatesAreAPairForSigningAndEncryption) {  // I5, I11
    accept();
    const auto sign = must(issueOne({"sm2-sign"})), encrypt = must(issueOne({"sm2-encrypt"}));
    EXPECT_EQ(sign.front().certificate().keyUsage(), unsigned{x509::kDigitalSignature | x509::kNonRepudiation});
    EXPECT_EQ(encrypt.front().certificate().keyUsage(),
              unsigned{x509::kKeyEncipherment | x509::kDataEncipherment | x509::kKeyAgreement});
    EXPECT_EQ(sign.front().certificate().subjectDer(), encrypt.front().certificate().subjectDer());
    EXPECT_EQ(sign.front().issuer(), "sm2-smime-1");
    EXPECT_EQ(toHex(sign.front().certificate().signatureAlgorithmDer()), "300a06082a811ccf55018375");
    EXPECT_FALSE(sign.front().certificate().extension("1.2.840.113549.1.9.15"));
}

TEST_F(IssuanceTest, OnlyWhatMailIsEncryptedToTellsItsCiphers) {  // D23
    accept();
    const std::string kCiphers =
        "301a300b060960864801650304012a300b0609608648016503040102";  // AES-256-CBC, AES-128-CBC
    for (const std::string name : {"smime-encrypt", "smime-dual", "smime-multipurpose"}) {
        const auto issued = must(issueOne({name}));
        const auto found = issued.front().certificate().extension("1.2.840.113549.1.9.15");
        ASSERT_TRUE(found) << name;
        EXPECT_EQ(toHex(found->value), kCiphers);
        EXPECT_FALSE(found->critical);
    }
    for (const auto& [name, use] : {std::pair{"smime-sign", Use::Sign}, {"smime-dual", Use::Sign}}) {
        EXPECT_FALSE(must(issueOne({name, use})).front().certificate().extension("1.2.840.113549.1.9.15")) << name;
    }
}

TEST_F(IssuanceTest, AMailboxOutsideAsciiIsAnSmtpUtf8Mailbox) {  // A51, H5, RFC 9598
    accept();
    const std::string greek = "\xCE\xB4\xCE\xBF\xCE\xBA\xCE\xB9\xCE\xBC\xCE\xAE@example.org";
    for (const char* profile : {"smime-sign", "sm2-encrypt"}) {
        const auto issued = must(issueOne({.profile = profile, .mailbox = greek}));
        EXPECT_EQ(issued.front().certificate().emails(), std::vector<std::string>{greek});
        // SEQUENCE { [0] { OID 1.3.6.1.5.5.7.8.9, [0] { UTF8String } } }
        EXPECT_EQ(toHex(issued.front().certificate().extension("2.5.29.17")->value),
                  "3028a02606082b06010505070809a01a0c18" + toHex(asBytes(greek)));
    }
}

TEST_F(IssuanceTest, TamperedCertificatesAreNotIssued) {  // fault attacks: what came out is compared and verified
    accept();
    const auto issued = must(issueOne());
    const x509::Certificate& good = issued.front().certificate();
    const crypto::PublicKey key = disk.smime().certificate.publicKey();
    EXPECT_TRUE(compareSigned(good.der(), good.tbs(), key).has_value());

    const auto refusedAs = [&](ByteView der, ByteView linted, const crypto::PublicKey& issuerKey) {
        const auto compared = compareSigned(der, linted, issuerKey);
        return compared.has_value() ? std::string("accepted") : compared.error().detail;
    };
    Bytes flippedSignature = good.der();
    flippedSignature.back() ^= 1U;
    EXPECT_NE(refusedAs(flippedSignature, good.tbs(), key), "accepted");
    const auto another = must(issueOne());
    EXPECT_NE(refusedAs(another.front().certificate().der(), good.tbs(), key).find("differs from what was linted"),
              std::string::npos);
    EXPECT_NE(refusedAs(good.der(), good.tbs(), disk.timestamp().certificate.publicKey()), "accepted");
}

}  // namespace
}  // namespace mailca::ca
