// Standards F14-F20, F24, D48, D50: answers as OpenSSL reads and verifies them, and the delegates who sign them.
#include "ca/ocsp/responder.h"

#include <gtest/gtest.h>

#include "core/crypto/hash.h"
#include "core/x509/path.h"
#include "tests/ca/ocsp/openssl_ocsp.h"
#include "tests/ca/support.h"
#include "tests/support/sequence_random.h"

namespace mailca::ca::ocsp {
namespace {

using test::must;
using namespace std::chrono_literals;

// Refuses until told to accept, and keeps what it was told.
class LedgerDouble final : public ServiceLedger {
 public:
    Result<void> recordIntent(const ServiceIntent& intent) override {
        intents.push_back(intent);
        return answer;
    }
    Result<void> recordIssued(const ServiceRecord& record) override {
        EXPECT_EQ(intents.empty() ? std::nullopt : std::optional(intents.back().serial), record.serial);
        records.push_back(record);
        return answer;
    }
    Result<void> adopt(const ServiceRecord&) override { return answer; }
    Result<bool> isRevoked(const std::string&, const Serial& asked) override {
        return std::ranges::find(revoked, asked) != revoked.end();
    }
    std::vector<Serial> revoked;
    Result<void> answer = fail(ErrorKind::Unavailable, "the ledger of this test refuses");
    std::vector<ServiceIntent> intents;
    std::vector<ServiceRecord> records;
};

class OcspResponder : public ::testing::Test {
 protected:
    const Issuer& issuer() const { return disk.smime(); }
    Bytes ask(const std::vector<test::Asked>& asked, const Bytes& nonce = {}) {
        return test::ocspRequest(asked, nonce);
    }
    Bytes ask(bool sha256 = false) { return ask({{&issuer().certificate, serial, sha256}}); }

    // Every id of the request gets this status.
    Result<SignedResponse> sign(const Bytes& request, const Status& status = Good{}) {
        TRY(const Request parsed, parseRequest(request));
        TRY(const Issuer* of, responder.issuerOf(parsed));
        std::vector<SingleResponse> responses;
        for (const CertId& id : parsed.ids) responses.push_back({id.der, status});
        return responder.sign(*of, std::move(responses), parsed.nonce);
    }
    test::ReadAnswer answer(const Bytes& request, const Status& status = Good{}) {
        return test::readAnswer(must(sign(request, status)).der, request, issuer(), clock.now());
    }

    test::FakeClock clock;
    test::SequenceRandom random;
    test::AuthorityOnDisk disk{clock};
    LedgerDouble ledger;
    LocalSigner signer = test::localSigner(disk, clock, random);
    Responder responder{disk.authority(), signer, ledger, clock};
    const Serial serial = Serial::random(random);
};

class AcceptingResponder : public OcspResponder {
 protected:
    AcceptingResponder() { ledger.answer = {}; }
};

TEST_F(OcspResponder, NothingIsSignedUnlessTheIntentIsRecorded) {  // record before sign
    const auto response = sign(ask());
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::Unavailable);
    EXPECT_EQ(ledger.intents.size(), 1U);
    EXPECT_TRUE(ledger.records.empty());
}

TEST_F(AcceptingResponder, OpensslVerifiesEveryStatus) {  // F15, F18, F19
    const Time now = clock.now();
    const struct {
        Status status;
        int read, reason;
    } rows[] = {{Good{}, V_OCSP_CERTSTATUS_GOOD, -1},
                {Unknown{}, V_OCSP_CERTSTATUS_UNKNOWN, -1},
                {Revoked{now - 1h, std::nullopt}, V_OCSP_CERTSTATUS_REVOKED, -1},
                {Revoked{now - 1h, 1}, V_OCSP_CERTSTATUS_REVOKED, 1}};
    for (const auto& row : rows) {
        const test::ReadAnswer read = answer(ask(), row.status);
        EXPECT_EQ(read.status, OCSP_RESPONSE_STATUS_SUCCESSFUL);
        EXPECT_TRUE(read.verified);
        ASSERT_EQ(read.singles.size(), 1U);
        EXPECT_EQ(read.singles[0].status, row.read);
        EXPECT_EQ(read.singles[0].reason, row.reason);
        EXPECT_EQ(read.singles[0].thisUpdate, now);
        EXPECT_EQ(read.singles[0].nextUpdate, now + 24h);  // D48
        EXPECT_EQ(read.producedAt, now);                   // M3
        const bool revoked = row.read == V_OCSP_CERTSTATUS_REVOKED;
        EXPECT_EQ(read.singles[0].revokedAt, revoked ? std::optional<Time>(now - 1h) : std::nullopt);
    }
}

// OpenSSL cannot be told the identifier for a response (I9): its own splitting of it, verified on the bytes.
TEST_F(AcceptingResponder, AnswersAboutSm2CertificatesAreSm2Throughout) {  // I6
    const Issuer& sm2 = *disk.authority().forHierarchy("sm2-smime");
    const Bytes der = must(sign(ask({{&sm2.certificate, serial}}))).der;
    const auto response = crypto::decodeDer<test::OcspResponsePtr>(der, ::d2i_OCSP_RESPONSE);
    const test::OcspBasicPtr basic(::OCSP_response_get1_basic(response.get()));
    ASSERT_NE(basic, nullptr);
    const auto delegate = must(x509::Certificate::fromDer(ledger.records.back().der));
    EXPECT_EQ(delegate.publicKey().type(), crypto::KeyType::Sm2);
    EXPECT_TRUE(x509::verifySignature(delegate, sm2.certificate.publicKey()));
    const ASN1_OCTET_STRING* signature = ::OCSP_resp_get0_signature(basic.get());
    const Bytes data = crypto::encodeDer(::OCSP_resp_get0_respdata(basic.get()), ::i2d_OCSP_RESPDATA);
    EXPECT_TRUE(delegate.publicKey().verify(
        crypto::SignatureAlgorithm::Sm2Sm3, data,
        {::ASN1_STRING_get0_data(signature), static_cast<std::size_t>(::ASN1_STRING_length(signature))}));
}

TEST_F(AcceptingResponder, EchoesIdsAndNonces) {  // F14, F20
    const Bytes request = ask(true);
    const Bytes der = must(sign(request)).der;
    const Bytes id = must(parseRequest(request)).ids[0].der;
    EXPECT_NE(std::search(der.begin(), der.end(), id.begin(), id.end()), der.end());
    EXPECT_EQ(answer(request).nonce, 2) << "neither has one";
    for (const std::size_t octets : {16U, 32U}) {
        EXPECT_EQ(answer(ask({{&issuer().certificate, serial}}, random.bytes(octets))).nonce, 1) << octets;
    }
    EXPECT_EQ(answer(ask({{&issuer().certificate, serial}}, random.bytes(8))).nonce, -1) << "answered without";
}

TEST_F(AcceptingResponder, SeveralIdsOfOneIssuerAreOneAnswer) {  // F24
    const Bytes request = ask({{&issuer().certificate, serial}, {&issuer().certificate, Serial::random(random), true}});
    const test::ReadAnswer read = answer(request);
    EXPECT_TRUE(read.verified);
    EXPECT_EQ(read.singles.size(), 2U);
}

TEST_F(AcceptingResponder, ForeignAndMixedIssuersAreUnauthorized) {  // F16, F24
    const test::AuthorityOnDisk other(clock);
    const x509::Certificate& foreign = other.smime().certificate;
    const x509::Certificate& second = disk.timestamp().certificate;
    for (const Bytes& request : {ask({{&foreign, serial}}), ask({{&issuer().root(), serial}}),
                                 ask({{&issuer().certificate, serial}, {&foreign, serial}}),
                                 ask({{&issuer().certificate, serial}, {&second, serial}})}) {
        const auto judged = responder.issuerOf(must(parseRequest(request)));
        ASSERT_FALSE(judged);
        EXPECT_EQ(judged.error().kind, ErrorKind::Unauthorized);
    }
    EXPECT_EQ(must(responder.issuerOf(must(parseRequest(ask({{&second, serial, true}}))))), &disk.timestamp());
}

TEST_F(AcceptingResponder, TheDelegateIsTheIssuersOwn) {  // F17
    must(sign(ask()));
    ASSERT_EQ(ledger.records.size(), 1U);
    const x509::Certificate made = must(x509::Certificate::fromDer(ledger.records[0].der));
    EXPECT_EQ(made.issuerDer(), issuer().certificate.subjectDer());
    EXPECT_EQ(made.extendedKeyUsage(), std::vector<std::string>{"1.3.6.1.5.5.7.3.9"});
    EXPECT_EQ(made.keyUsage(), unsigned{x509::kDigitalSignature});
    ASSERT_TRUE(made.extension("1.3.6.1.5.5.7.48.1.5"));
    EXPECT_EQ(toHex(made.extension("1.3.6.1.5.5.7.48.1.5")->value), "0500");
    EXPECT_TRUE(made.crlUrls().empty() && made.ocspUrls().empty() && made.caIssuersUrls().empty());
    EXPECT_LE(made.notAfter() - clock.now(), 72h);
    EXPECT_EQ(made.subjectText(), "CN=OCSP responder of smime-1,O=Example Mail CA,C=DE");
    EXPECT_EQ(ledger.intents[0].tbsSha256, crypto::sha256(made.tbs()));
    EXPECT_EQ(ledger.intents[0].serial, made.serial());
    EXPECT_EQ(answer(ask()).responder, "/C=DE/O=Example Mail CA/CN=OCSP responder of smime-1");
}

TEST_F(AcceptingResponder, EveryIssuerHasItsOwnDelegate) {
    must(sign(ask()));
    must(sign(ask({{&disk.timestamp().certificate, serial}})));
    ASSERT_EQ(ledger.records.size(), 2U);
    EXPECT_EQ(ledger.records[1].issuer, "mailbox-timestamp-1");
}

TEST_F(AcceptingResponder, DelegatesChangeByThemselvesBeforeTheyEnd) {  // F17
    for (int hour = 0; hour < 24 * 10; ++hour) {
        const test::ReadAnswer read = answer(ask());
        ASSERT_TRUE(read.verified) << "hour " << hour;
        ASSERT_EQ(read.singles[0].nextUpdate, clock.now() + 24h) << "the delegate covers the whole answer";
        clock.advance(1h);
    }
    EXPECT_EQ(ledger.records.size(), 10U) << "one a day";
}

TEST_F(AcceptingResponder, AnOldDelegateGoesOnWhileNoneCanBeMade) {
    must(sign(ask()));
    ledger.answer = fail(ErrorKind::Unavailable, "the disk is full");
    clock.advance(30h);  // due
    EXPECT_TRUE(answer(ask()).verified);
    EXPECT_TRUE(answer(ask()).verified);
    EXPECT_EQ(ledger.intents.size(), 2U) << "tried again after a while only";
    clock.advance(2min);
    EXPECT_TRUE(answer(ask()).verified);
    EXPECT_EQ(ledger.intents.size(), 3U);
    clock.advance(31h);  // 63 of 72 hours
    const test::ReadAnswer last = answer(ask());
    EXPECT_TRUE(last.verified);
    EXPECT_LT(last.singles[0].nextUpdate, clock.now() + 24h) << "not longer than its certificate";
    clock.advance(3h);
    EXPECT_FALSE(sign(ask())) << "what is left is too short for an answer (D48)";
    ledger.answer = {};
    EXPECT_TRUE(answer(ask()).verified);
}

TEST_F(AcceptingResponder, ARevokedDelegateSignsNothingMore) {
    must(sign(ask()));
    ledger.revoked = {ledger.records.back().serial};
    EXPECT_TRUE(answer(ask()).verified);
    ASSERT_EQ(ledger.records.size(), 2U);
    EXPECT_NE(ledger.records[1].serial, ledger.records[0].serial);
}

TEST_F(AcceptingResponder, AClockThatWentBackGetsANewDelegate) {
    clock.advance(5h);
    must(sign(ask()));
    clock.advance(-3h);
    EXPECT_TRUE(answer(ask()).verified);
    EXPECT_EQ(ledger.records.size(), 2U);
}

TEST_F(AcceptingResponder, AnEndedIssuerIsAnsweredForNoMore) {
    clock.set(issuer().certificate.notAfter() - 10h);
    EXPECT_TRUE(answer(ask()).verified);
    must(sign(ask()));
    EXPECT_EQ(ledger.records.size(), 1U) << "none could live longer";
    clock.advance(3h);
    const auto late = sign(ask());
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::Unauthorized);
}

TEST_F(AcceptingResponder, AReasonThatMayNotStandThereIsNotSigned) {  // D50
    for (const int reason : {0, 6, 8}) {
        const auto response = sign(ask(), Revoked{clock.now(), reason});
        ASSERT_FALSE(response);
        EXPECT_EQ(response.error().kind, ErrorKind::Lint);
    }
}

TEST(OcspRefusals, AreFiveOctets) {  // F16
    EXPECT_EQ(toHex(encodeRefusal(Refusal::MalformedRequest)), "30030a0101");
    EXPECT_EQ(toHex(encodeRefusal(Refusal::Unauthorized)), "30030a0106");
}

}  // namespace
}  // namespace mailca::ca::ocsp
