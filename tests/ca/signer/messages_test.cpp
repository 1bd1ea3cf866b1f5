// What crosses the socket, and what the signer does with octets that are no message of ours.
#include "ca/signer/messages.h"

#include <gtest/gtest.h>

#include "ca/ocsp/request.h"
#include "ca/signer/door.h"
#include "core/crypto/hash.h"
#include "core/x509/crl.h"
#include "tests/ca/issuance_fixture.h"
#include "tests/ca/ocsp/openssl_ocsp.h"
#include "tests/support/mutate.h"

namespace mailca::ca {
namespace {

using test::must;
using namespace std::chrono_literals;

class SignerMessages : public ::testing::Test, protected test::IssuanceFixture {
 protected:
    // Through the door, as the remote end does it.
    Result<Bytes> ask(messages::Kind kind, const Bytes& request) {
        return messages::decodeAnswer(kind, door.answer(request).octets);
    }
    Result<Prepared> prepare(std::vector<IssuanceRequest> requests) {
        TRY(const Bytes body, ask(messages::Kind::Prepare, messages::encodePrepare(requests)));
        return messages::decodePrepared(body);
    }
    Result<std::vector<x509::Certificate>> sign(const Handle& handle) {
        TRY(const Bytes body, ask(messages::Kind::Sign, messages::encodeSign(handle)));
        TRY(const std::vector<Bytes> ders, messages::decodeCertificates(body));
        std::vector<x509::Certificate> out;
        for (const Bytes& der : ders) out.push_back(must(x509::Certificate::fromDer(der)));
        return out;
    }
    CrlRequest crlRequest() const {
        const Time now = clock.now();
        return {2,
                7,
                now,
                now + 24h * 7,
                {{must(Serial::fromHex("0d")), now}, {must(Serial::fromHex("0abc")), now - 1h, 4}}};
    }
    StatusRequest statusRequest(const Serial& responder) const {
        const Bytes id =
            must(ocsp::parseRequest(test::ocspRequest({{&disk.smime().certificate, responder}}))).ids[0].der;
        return {"smime-1",
                responder,
                {{id, ocsp::Good{}},
                 {id, ocsp::Unknown{}},
                 {id, ocsp::Revoked{clock.now(), 1}},
                 {id, ocsp::Revoked{clock.now(), std::nullopt}}},
                Bytes(16, 7)};
    }

    Door door{signer, profiles};
};

TEST_F(SignerMessages, AnOrderIsPreparedAndSignedAcrossThem) {
    const auto prepared = must(prepare({request(), request({"timestamp"})}));
    ASSERT_EQ(prepared.certificates.size(), 2U);
    EXPECT_EQ(prepared.certificates[0].issuer, "smime-1");
    EXPECT_EQ(prepared.certificates[1].issuer, "mailbox-timestamp-1");
    const auto certificates = must(sign(prepared.handle));
    ASSERT_EQ(certificates.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(certificates[i].serial(), prepared.certificates[i].serial);
        EXPECT_EQ(crypto::sha256(certificates[i].tbs()), prepared.certificates[i].tbsSha256);
        EXPECT_EQ(certificates[i].publicKey().spkiSha256(), prepared.certificates[i].spkiSha256);
    }
    const auto again = sign(prepared.handle);
    ASSERT_FALSE(again) << "a handle is good once";
    EXPECT_EQ(again.error().kind, ErrorKind::NotFound);
}

// The network process may name any mailbox, but no key, profile or use that policy does not allow.
TEST_F(SignerMessages, PolicyIsInside) {
    const crypto::PrivateKey small = must(crypto::PrivateKey::generate({crypto::KeyType::Rsa, 1024}));
    const Bytes csr = must(x509::makeRequest(small, must(EmailAddress::parse("alice@example.org")), std::nullopt));
    IssuanceRequest weak = request();
    weak.request = va::RequestJudge::verified(must(x509::CertificateRequest::fromDer(csr)), weak.mailbox.mailbox());
    const auto refused = prepare({weak});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::BadPublicKey);

    Profile invented = *profiles.find("smime-sign");
    invented.name = "smime-ca";
    IssuanceRequest strange = request();
    strange.profile = &invented;
    const auto unknown = prepare({strange});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().kind, ErrorKind::InvalidProfile);

    IssuanceRequest late = request({.caaGoodFor = seconds{-1}});
    EXPECT_EQ(prepare({late}).error().kind, ErrorKind::Caa);
}

TEST_F(SignerMessages, CrlsStatusesAndTimestampsComeThroughWhole) {
    const Bytes der = must(ask(messages::Kind::Crl, messages::encodeCrl("smime-1", crlRequest())));
    const x509::Crl crl = must(x509::Crl::fromDer(der));
    EXPECT_EQ(crl.number(), 7U);
    ASSERT_EQ(crl.revoked().size(), 2U);
    EXPECT_EQ(crl.find(must(Serial::fromHex("0abc")))->reason, 4);
    EXPECT_EQ(crl.find(must(Serial::fromHex("0d")))->reason, std::nullopt);

    const auto prepared = must(messages::decodePrepared(
        must(ask(messages::Kind::PrepareResponder, messages::encodePrepareResponder("smime-1")))));
    const Serial& serial = prepared.certificates.front().serial;
    EXPECT_EQ(ask(messages::Kind::Status, messages::encodeStatus(statusRequest(serial))).error().kind,
              ErrorKind::NotFound)
        << "no answer before its certificate is signed";
    must(sign(prepared.handle));
    const auto response = must(messages::decodeSignedResponse(
        must(ask(messages::Kind::Status, messages::encodeStatus(statusRequest(serial))))));
    EXPECT_EQ(response.thisUpdate, clock.now());
    EXPECT_EQ(response.nextUpdate, clock.now() + 24h);

    const AuditStatement statement{{7, Bytes(32, 1)}, clock.now()};
    const Bytes signature = must(ask(messages::Kind::AuditHead, messages::encodeAuditHead(statement)));
    EXPECT_TRUE(must(audit::readPublicKey(audit::publicKeyPath(disk.folder())))
                    .verify(crypto::SignatureAlgorithm::EcdsaSha256,
                            asBytes(audit::statementOf(statement.head, statement.at)), signature));
    for (const auto& ofAnotherTime : {-1h, 1h}) {
        EXPECT_EQ(
            ask(messages::Kind::AuditHead, messages::encodeAuditHead({statement.head, clock.now() + ofAnotherTime}))
                .error()
                .kind,
            ErrorKind::Malformed)
            << "nobody gets a signature of long ago";
    }
    EXPECT_FALSE(ask(messages::Kind::AuditHead, messages::encodeAuditHead({{0, Bytes(32, 1)}, clock.now()})));
    EXPECT_FALSE(ask(messages::Kind::AuditHead, messages::encodeAuditHead({{7, Bytes(31, 1)}, clock.now()})));

    EXPECT_FALSE(
        must(ask(messages::Kind::Timestamp, messages::encodeTimestamp({{1, 2, 3}, {"timestamp-unit-1"}}))).empty());
}

TEST_F(SignerMessages, CrlsThatNoClockCouldMeanAreRefused) {  // F10, D47
    CrlRequest ahead = crlRequest();
    ahead.thisUpdate += 24h * 11;
    ahead.nextUpdate += 24h * 11;
    EXPECT_EQ(ask(messages::Kind::Crl, messages::encodeCrl("smime-1", ahead)).error().kind, ErrorKind::Malformed);
    Bytes loose = messages::encodeCrl("smime-1", crlRequest());
    const auto shard = std::ranges::search(loose, Bytes{0, 0, 0, 0, 0, 0, 0, 2});
    ASSERT_FALSE(shard.empty());
    shard.front() = 0x80;  // 2^63 + 2 is no shard, and not the shard 2
    EXPECT_EQ(ask(messages::Kind::Crl, loose).error().kind, ErrorKind::Malformed);
    CrlRequest beyond = crlRequest();
    beyond.shard = 4;
    EXPECT_FALSE(ask(messages::Kind::Crl, messages::encodeCrl("smime-1", beyond)));
    EXPECT_FALSE(ask(messages::Kind::Crl, messages::encodeCrl("smime-root-1", crlRequest())));
}

TEST_F(SignerMessages, ErrorsKeepTheirKindAndWords) {
    const auto answer = messages::encodeAnswer(3, Result<Bytes>(fail(ErrorKind::BadCsr, "no mailbox")));
    const auto read = messages::decodeAnswer(messages::Kind::Sign, answer);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error(), fail(ErrorKind::BadCsr, "no mailbox"));
    EXPECT_FALSE(messages::decodeAnswer(messages::Kind::Crl, answer)) << "an answer to something else";
}

// Fuzz: every request is answered, with a result or an error, and nothing else happens.
TEST_F(SignerMessages, MutatedRequestsAreAlwaysAnswered) {
    const Handle handle = Handle::random(random);
    const Serial serial = Serial::random(random);
    for (const Bytes& seed :
         {messages::encodePrepare({request(), request({"smime-encrypt"})}), messages::encodePrepareResponder("smime-1"),
          messages::encodeSign(handle), messages::encodeCrl("smime-1", crlRequest()),
          messages::encodeStatus(statusRequest(serial)),
          messages::encodeTimestamp({Bytes(40, 0x30), {"timestamp-unit-1"}}),
          messages::encodeAuditHead({{7, Bytes(32, 1)}, clock.now()})}) {
        test::mutate(seed, 400, [&](ByteView octets) {
            const Bytes answer = door.answer(octets).octets;
            ASSERT_FALSE(answer.empty());
            EXPECT_EQ(answer.front(), octets.empty() ? 0 : octets.front());
        });
        EXPECT_FALSE(messages::decodeSign(ByteView(seed).subspan(1, seed.size() - 2)));
    }
}

TEST_F(SignerMessages, MutatedAnswersAreReadOrRefused) {
    const auto prepared = must(prepare({request()}));
    test::mutate(messages::encode(prepared), 400,
                 [](ByteView octets) { static_cast<void>(messages::decodePrepared(octets).has_value()); });
    test::mutate(messages::encode(std::vector<Bytes>{must(sign(prepared.handle)).front().der()}), 400,
                 [](ByteView octets) { static_cast<void>(messages::decodeCertificates(octets).has_value()); });
    test::mutate(messages::encodeAnswer(1, Bytes(20, 1)), 400, [](ByteView octets) {
        static_cast<void>(messages::decodeAnswer(messages::Kind::Prepare, octets).has_value());
    });
}

TEST_F(SignerMessages, HandlesAreFewAndShortLived) {
    const auto prepared = must(signer.prepare({request()}));
    clock.advance(61s);
    EXPECT_EQ(signer.sign(prepared.handle).error().kind, ErrorKind::NotFound);

    PendingSignatures pending(clock, random);
    for (std::size_t i = 0; i < PendingSignatures::kMost; ++i) must(pending.put({}));
    EXPECT_EQ(pending.put({}).error().kind, ErrorKind::Unavailable);
    clock.advance(61s);
    EXPECT_TRUE(pending.put({}));
    clock.advance(-1h);  // a clock that went back keeps nothing for longer
    EXPECT_TRUE(pending.put({}));
    clock.advance(30s);
    EXPECT_TRUE(pending.put({}));
}

}  // namespace
}  // namespace mailca::ca
