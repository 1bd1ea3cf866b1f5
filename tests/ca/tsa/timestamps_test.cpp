// Standards E4, E8-E20, E22: tokens as OpenSSL's client reads and verifies them.
#include "ca/tsa/timestamps.h"

#include <gtest/gtest.h>

#include <set>

#include "core/crypto/hash.h"
#include "core/x509/certificate.h"
#include "tests/ca/support.h"
#include "tests/ca/tsa/openssl_ts.h"
#include "tests/support/mutate.h"
#include "tests/support/sequence_random.h"

namespace mailca::ca::tsa {
namespace {

using TestQuery = test::Query;
using test::queryDer;
using test::Reply;
using namespace std::chrono_literals;

// Gives no time until it is told which.
class ClockDouble final : public TrustedClock {
 public:
    Result<Instant> now() const override { return time; }
    Result<Instant> time = fail(ErrorKind::Unavailable, "the clock of this test stands still");
};

class TimestampsTest : public ::testing::TestWithParam<crypto::KeySpec> {
 protected:
    TimestampsTest() { clock.time = Instant(made.now()) + 250ms; }
    const Issuer& issuer() const { return *unit().issuer; }
    const TimestampUnit& unit() const { return *disk.authority().timestampUnit(); }
    Reply ask(const TestQuery& query = {}) { return Reply(timestamps.answer(queryDer(query))); }
    int failure(const TestQuery& query) {
        const Reply reply = ask(query);
        EXPECT_EQ(reply.status(), TS_STATUS_REJECTION);
        EXPECT_FALSE(reply.hasToken());  // E13
        return reply.failure();
    }

    test::FakeClock made;
    test::SequenceRandom random;
    test::AuthorityOnDisk disk{made, GetParam()};
    ClockDouble clock;
    Timestamps timestamps{{TokenWriter(unit(), disk.keys().of(unit()))}, clock, random, 1000ms};
};

TEST_P(TimestampsTest, OpensslVerifiesThem) {  // E15-E17, E20
    for (const bool certificates : {true, false}) {
        const TestQuery query{.certificates = certificates};
        const Reply reply = ask(query);
        ASSERT_TRUE(reply.granted());
        if (certificates) {
            EXPECT_TRUE(reply.verifies(query, issuer(), made.now())) << reply.why();
            EXPECT_EQ(reply.certificates(), 2) << "the unit's and its CA's";
        } else {
            EXPECT_LE(reply.certificates(), 0);
        }
        EXPECT_EQ(reply.policy(), "1.3.6.1.4.1.32473.1.3");
        EXPECT_EQ(reply.nonce(), "1234567890ABCDEF");  // E14
        EXPECT_EQ(reply.genTime(), "20261123120000.25Z") << "no zero at the end (E16)";
        EXPECT_EQ(::ASN1_INTEGER_get(::TS_ACCURACY_get_seconds(reply.accuracy())), 1);  // E22
    }
}

INSTANTIATE_TEST_SUITE_P(Keys, TimestampsTest, ::testing::ValuesIn(test::kCaKeys), test::CaKeyName());

class P256Timestamps : public TimestampsTest {};
INSTANTIATE_TEST_SUITE_P(Key, P256Timestamps, ::testing::Values(crypto::KeySpec{crypto::KeyType::P256, 0}));

TEST_P(P256Timestamps, EveryGoodHashAndNoOther) {  // E10
    for (const EVP_MD* hash :
         {::EVP_sha256(), ::EVP_sha384(), ::EVP_sha512(), ::EVP_sha3_256(), ::EVP_sha3_384(), ::EVP_sha3_512()}) {
        const TestQuery query{.hash = hash};
        const Reply reply = ask(query);
        EXPECT_TRUE(reply.granted() && reply.verifies(query, issuer(), made.now())) << ::EVP_MD_get0_name(hash);
    }
    for (const EVP_MD* hash : {::EVP_md5(), ::EVP_sha1(), ::EVP_sha224(), ::EVP_sm3()}) {
        EXPECT_EQ(failure({.hash = hash}), TS_INFO_BAD_ALG) << ::EVP_MD_get0_name(hash);
    }
}

TEST_P(P256Timestamps, RefusalsSayWhy) {  // E9-E12
    EXPECT_EQ(failure({.imprint = Bytes(31, 1)}), TS_INFO_BAD_DATA_FORMAT);
    std::string endless = "1.2";
    for (int i = 0; i < 100; ++i) endless += ".840";
    for (const std::string& policy : {std::string("1.2.3.4"), endless}) {
        EXPECT_EQ(failure({.policy = policy}), TS_INFO_UNACCEPTED_POLICY);
    }
    EXPECT_TRUE(ask({.policy = unit().policy()}).granted());
    EXPECT_EQ(failure({.extension = "1.2.3.4"}), TS_INFO_UNACCEPTED_EXTENSION);
    EXPECT_EQ(failure({.version = 2}), TS_INFO_BAD_REQUEST);
    clock.time = fail(ErrorKind::Unavailable, "not in step");
    EXPECT_EQ(failure({}), TS_INFO_TIME_NOT_AVAILABLE);
}

TEST_P(P256Timestamps, WhatIsNoQueryIsBadDataFormat) {  // E9
    const Bytes good = queryDer();
    Bytes behind = good, indefinite = good;
    behind.push_back(0);
    indefinite[1] = 0x80;
    indefinite.insert(indefinite.end(), {0, 0});
    for (const Bytes& bad : {Bytes{}, Bytes{0x30, 0x00}, behind, indefinite, Bytes(good.begin(), good.end() - 1)}) {
        const Reply reply(timestamps.answer(bad));
        EXPECT_EQ(reply.status(), TS_STATUS_REJECTION);
        EXPECT_EQ(reply.failure(), TS_INFO_BAD_DATA_FORMAT);
    }
    EXPECT_EQ(Reply(encodeRejection(Failure::SystemFailure, "x")).failure(), TS_INFO_SYSTEM_FAILURE);
}

TEST_P(P256Timestamps, NoncesOfAnySizeComeBack) {  // E14
    for (const std::string nonce : {"01", "-01", "FFFFFFFFFFFFFFFFFF", "-0123456789ABCDEF0123456789ABCDEF"}) {
        EXPECT_EQ(ask({.nonce = nonce}).nonce(), nonce);
    }
    EXPECT_EQ(ask({.nonce = ""}).nonce(), "");
}

TEST_P(P256Timestamps, SerialsAreLongAndNeverTheSame) {  // E16, E18
    std::set<std::string> seen;
    for (int i = 0; i < 200; ++i) {
        const std::string serial = ask().serial();
        EXPECT_EQ(serial.size(), 32U);
        EXPECT_TRUE(seen.insert(serial).second);
    }
}

TEST_P(P256Timestamps, TheKeyEndsBeforeItsCertificate) {  // E4, E5
    const x509::Certificate& certificate = unit().certificate;
    const Time end = unit().keyEnd();
    EXPECT_EQ(end, std::chrono::sys_days{std::chrono::year{2028} / 2 / 23} + 11h);  // 15 months
    EXPECT_GT(certificate.notAfter(), end);
    clock.time = Instant(end) - 1ms;
    EXPECT_TRUE(ask().granted());
    clock.time = Instant(end);
    EXPECT_EQ(failure({}), TS_INFO_SYSTEM_FAILURE);
}

class BothUnits : public P256Timestamps {
 protected:
    const TimestampUnit& sm2() const { return *disk.authority().timestampUnit(kSm2ServiceTimestamp); }
    Reply askBoth(const TestQuery& query) { return Reply(both.answer(queryDer(query))); }

    Timestamps both{
        {TokenWriter(unit(), disk.keys().of(unit())), TokenWriter(sm2(), disk.keys().of(sm2()))}, clock, random, 500ms};
};
INSTANTIATE_TEST_SUITE_P(Key, BothUnits, ::testing::Values(crypto::KeySpec{crypto::KeyType::P256, 0}));

TEST_P(BothUnits, TheImprintOrThePolicyChoosesTheUnit) {  // E10: SM3 has its own policy
    const std::string international = unit().policy(), ours = sm2().policy();
    EXPECT_EQ(askBoth({}).policy(), international);
    EXPECT_EQ(askBoth({.hash = ::EVP_sm3()}).policy(), ours);
    EXPECT_EQ(askBoth({.hash = ::EVP_sm3(), .policy = ours}).policy(), ours);
    EXPECT_EQ(askBoth({.policy = international}).policy(), international);
    EXPECT_EQ(askBoth({.policy = ours}).failure(), TS_INFO_BAD_ALG);
    EXPECT_EQ(askBoth({.hash = ::EVP_sm3(), .policy = international}).failure(), TS_INFO_BAD_ALG);
    EXPECT_EQ(askBoth({.hash = ::EVP_sm3(), .policy = "1.2.3"}).failure(), TS_INFO_UNACCEPTED_POLICY);
    EXPECT_EQ(askBoth({.hash = ::EVP_sha1()}).failure(), TS_INFO_BAD_ALG);
    EXPECT_EQ(::TS_ACCURACY_get_millis(askBoth({}).accuracy()) != nullptr, true);
}

// OpenSSL reads such a token and cannot verify it (E24): here its parts are taken from its own reading, and the
// signature is verified over them with the identifier.
TEST_P(BothUnits, Sm2TokensAreSignedOverTheirAttributes) {  // E17, I6
    const Bytes der = both.answer(queryDer({.hash = ::EVP_sm3()}));
    const auto response = crypto::decodeDer<test::TsReplyPtr>(der, ::d2i_TS_RESP);
    ASSERT_NE(response, nullptr);
    const PKCS7* token = ::TS_RESP_get_token(response.get());
    EXPECT_EQ(sk_PKCS7_SIGNER_INFO_num(token->d.sign->signer_info), 1);
    const PKCS7_SIGNER_INFO* signer = sk_PKCS7_SIGNER_INFO_value(token->d.sign->signer_info, 0);
    const auto octets = [](const ASN1_STRING* text) {
        return ByteView(::ASN1_STRING_get0_data(text), static_cast<std::size_t>(::ASN1_STRING_length(text)));
    };
    unsigned char* raw = nullptr;  // DER of the SET
    const int length =
        ::ASN1_item_i2d(reinterpret_cast<const ASN1_VALUE*>(signer->auth_attr), &raw, ASN1_ITEM_rptr(PKCS7_ATTR_SIGN));
    const crypto::OctetsPtr owned(raw);
    ASSERT_GT(length, 0);
    EXPECT_TRUE(sm2().certificate.publicKey().verify(
        crypto::SignatureAlgorithm::Sm2Sm3, {raw, static_cast<std::size_t>(length)}, octets(signer->enc_digest)));
    const ASN1_TYPE* digest = ::PKCS7_get_signed_attribute(signer, NID_pkcs9_messageDigest);
    const ASN1_OCTET_STRING* content = token->d.sign->contents->d.other->value.octet_string;
    EXPECT_EQ(crypto::sm3(octets(content)),
              Bytes(octets(digest->value.octet_string).begin(), octets(digest->value.octet_string).end()));
    EXPECT_EQ(sk_X509_num(token->d.sign->cert), 2);
    EXPECT_EQ(::ASN1_INTEGER_get(token->d.sign->version), 3);  // RFC 5652 section 5.1
}

TEST_P(P256Timestamps, MutatedQueriesAreAlwaysAnswered) {
    test::mutate(queryDer({.policy = "1.2.3.4", .extension = "1.2.3"}), 3000, [&](ByteView query) {
        const Reply reply(timestamps.answer(query));
        EXPECT_EQ(reply.granted(), reply.hasToken());
        if (!reply.granted()) {
            EXPECT_GE(reply.failure(), 0);
        }
    });
}

}  // namespace
}  // namespace mailca::ca::tsa
