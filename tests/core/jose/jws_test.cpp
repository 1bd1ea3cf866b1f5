#include "core/jose/jws.h"

#include <gtest/gtest.h>

#include "tests/support/certificates.h"
#include "tests/support/files.h"
#include "tests/support/mutate.h"

namespace mailca::jose {
namespace {

const char* const kUrl = "https://ca.example.org/acme/new-order";

// One flattened JWS from three decoded parts; nothing is signed.
std::string flattened(const std::string& header, const std::string& extra = "") {
    return "{\"protected\":\"" + toBase64Url(asBytes(header)) + "\",\"payload\":\"\",\"signature\":\"AAAA\"" + extra +
           "}";
}
std::string headerWith(const std::string& members) {
    return "{\"alg\":\"ES256\",\"nonce\":\"AAAA\",\"url\":\"" + std::string(kUrl) + "\"" + members + "}";
}
const char* const kKid = ",\"kid\":\"https://ca.example.org/acme/account/1\"";

ErrorKind kindOf(const std::string& body) {
    const auto parsed = parseJws(body);
    EXPECT_FALSE(parsed) << body;
    return parsed ? ErrorKind::ServerInternal : parsed.error().kind;
}

class EverySigner : public testing::TestWithParam<crypto::KeyType> {};
INSTANTIATE_TEST_SUITE_P(Types, EverySigner,
                         testing::Values(crypto::KeyType::Rsa, crypto::KeyType::P256, crypto::KeyType::P384,
                                         crypto::KeyType::Ed25519));

TEST_P(EverySigner, SignsWhatParsesAndVerifies) {
    const crypto::PrivateKey key = test::makeKey(GetParam());
    const Jwk jwk = toJwk(key.publicKey()).value();
    const std::string body = signJws({jwk, "bm9uY2U", kUrl, R"({"a":1})"}, key).value();
    const Jws jws = parseJws(body).value();
    EXPECT_EQ(std::get<Jwk>(jws.signer).thumbprint, jwk.thumbprint);
    EXPECT_EQ(jws.nonce, "bm9uY2U");
    EXPECT_EQ(jws.url, kUrl);
    EXPECT_EQ(jws.payload, R"({"a":1})");
    EXPECT_TRUE(verifyJws(jws, std::get<Jwk>(jws.signer).key));
    EXPECT_EQ(verifyJws(jws, test::makeKey(GetParam()).publicKey()).error().kind, ErrorKind::Malformed);

    Jws changed = jws;
    changed.signingInput.back() ^= 1;
    EXPECT_FALSE(verifyJws(changed, key.publicKey()));
    changed = jws;
    changed.signature.front() ^= 1;
    EXPECT_FALSE(verifyJws(changed, key.publicKey()));
    for (const std::size_t length : {jws.signature.size() - 1, jws.signature.size() + 1, std::size_t{0}}) {
        changed.signature = jws.signature;
        changed.signature.resize(length);
        EXPECT_EQ(verifyJws(changed, key.publicKey()).error().kind, ErrorKind::Malformed);
    }
}

TEST(SignJws, NamesTheAccountAndPostsAsGet) {  // B9, B12
    const crypto::PrivateKey key = test::makeKey();
    const Jws jws = parseJws(signJws({KeyId{"https://ca/a/1"}, "AAAA", kUrl, ""}, key).value()).value();
    EXPECT_EQ(std::get<KeyId>(jws.signer).url, "https://ca/a/1");
    EXPECT_TRUE(jws.payload.empty());
    EXPECT_TRUE(verifyJws(jws, key.publicKey()));
    EXPECT_FALSE(signJws({KeyId{"x"}, "AAAA", kUrl, ""}, test::makeKey(crypto::KeyType::P521)));
}

TEST(VerifyJws, FollowsTheVectorsOfTheRfcs) {  // RFC 7515 A.2 and A.3, RFC 8037 A.4
    struct Vector {
        const char* file;
        Algorithm algorithm;
    };
    for (const auto& [file, algorithm] : {Vector{"rfc7515-a2.json", Algorithm::Rs256},
                                          {"rfc7515-a3.json", Algorithm::Es256},
                                          {"rfc8037-a4.json", Algorithm::EdDsa}}) {
        const json::Value vector = json::parse(test::readFile(test::dataFile(std::string("jose/") + file))).value();
        const Jwk jwk = parseJwk(*vector.find("jwk")).value();
        Jws jws{algorithm,
                jwk,
                "",
                "",
                "",
                vector.string("input").value(),
                fromBase64Url(vector.string("signature").value()).value()};
        EXPECT_TRUE(verifyJws(jws, jwk.key)) << file;
        jws.signingInput += "x";
        EXPECT_FALSE(verifyJws(jws, jwk.key)) << file;
    }
}

TEST(VerifyJws, RefusesAnotherKindOfKey) {  // B7
    const crypto::PrivateKey key = test::makeKey();
    const Jws jws = parseJws(signJws({KeyId{"x"}, "AAAA", kUrl, ""}, key).value()).value();
    EXPECT_EQ(verifyJws(jws, test::makeKey(crypto::KeyType::P384).publicKey()).error().kind, ErrorKind::BadPublicKey);
    EXPECT_EQ(verifyJws(jws, test::makeKey(crypto::KeyType::Rsa).publicKey()).error().kind, ErrorKind::BadPublicKey);
}

TEST(ParseJws, TakesTheSmallestGoodOne) {
    const auto jws = parseJws(flattened(headerWith(kKid)));
    ASSERT_TRUE(jws) << jws.error().detail;
    EXPECT_EQ(jws->algorithm, Algorithm::Es256);
    EXPECT_EQ(jws->signingInput.back(), '.');  // detached from an empty payload
}

TEST(ParseJws, RefusesAlgorithmsThatProveNothing) {  // B5, B6
    for (const char* name :
         {"none", "None", "NONE", "HS256", "HS384", "HS512", "RS1", "PS256", "ES512", "ES256K", "", "es256"}) {
        std::string header = headerWith(kKid);
        header.replace(header.find("ES256"), 5, name);
        EXPECT_EQ(kindOf(flattened(header)), ErrorKind::BadSignatureAlgorithm) << name;
    }
}

TEST(ParseJws, WantsExactlyOneSigner) {  // B4
    const std::string jwk = ",\"jwk\":" + toJwk(test::makeKey().publicKey()).value().value.dump();
    EXPECT_TRUE(parseJws(flattened(headerWith(jwk))));
    EXPECT_EQ(kindOf(flattened(headerWith(jwk + kKid))), ErrorKind::Malformed);
    EXPECT_EQ(kindOf(flattened(headerWith(""))), ErrorKind::Malformed);
    EXPECT_EQ(kindOf(flattened(headerWith(",\"kid\":7"))), ErrorKind::Malformed);
    EXPECT_EQ(kindOf(flattened(headerWith(",\"kid\":\"\""))), ErrorKind::Malformed);
    EXPECT_EQ(kindOf(flattened(headerWith(",\"jwk\":{}"))), ErrorKind::BadPublicKey);
}

TEST(ParseJws, RefusesAKeyThatDoesNotFitTheAlgorithm) {  // B7
    for (const auto type : {crypto::KeyType::Rsa, crypto::KeyType::P384, crypto::KeyType::Ed25519}) {
        const std::string jwk = ",\"jwk\":" + toJwk(test::makeKey(type).publicKey()).value().value.dump();
        EXPECT_EQ(kindOf(flattened(headerWith(jwk))), ErrorKind::BadPublicKey);
    }
}

TEST(ParseJws, RefusesEveryOtherShape) {  // B3, B13
    const std::string good = flattened(headerWith(kKid));
    ASSERT_TRUE(parseJws(good));
    const std::string header = toBase64Url(asBytes(headerWith(kKid)));
    for (const std::string& body :
         {std::string(),
          std::string("{}"),
          std::string("[]"),
          std::string("null"),
          good + "x",
          good + good,
          header + "..AAAA",  // the compact form
          flattened(headerWith(kKid), ",\"header\":{\"alg\":\"ES256\"}"),
          flattened(headerWith(kKid), ",\"signatures\":[]"),
          flattened(headerWith(kKid), ",\"more\":\"x\""),
          flattened(headerWith(kKid), ",\"payload\":\"\""),
          std::string(R"({"payload":"","signature":"AAAA"})"),
          "{\"protected\":\"" + header + "\",\"payload\":\"\"}",
          "{\"protected\":\"" + header + "\",\"payload\":{},\"signature\":\"AAAA\"}",
          "{\"protected\":\"" + header + "\",\"payload\":\"\",\"signature\":\"AAA=\"}",
          "{\"protected\":\"" + header + "=\",\"payload\":\"\",\"signature\":\"AAAA\"}",
          "{\"protected\":\"" + header + "\",\"payload\":\"QQ==\",\"signature\":\"AAAA\"}",
          flattened("[]"),
          flattened("{"),
          flattened(headerWith(std::string(kKid) + ",\"alg\":\"ES256\"")),  // a key twice, in the protected header
          flattened(headerWith(std::string(kKid) + ",\"crit\":[\"exp\"]")),
          flattened(headerWith(std::string(kKid) + ",\"b64\":false")),
          flattened("{\"nonce\":\"AAAA\",\"url\":\"x\",\"kid\":\"x\"}"),
          flattened("{\"alg\":7,\"url\":\"x\",\"kid\":\"x\"}"),
          flattened("{\"alg\":\"ES256\",\"nonce\":\"AAAA\",\"kid\":\"x\"}"),
          flattened("{\"alg\":\"ES256\",\"url\":\"\",\"kid\":\"x\"}"),
          flattened("{\"alg\":\"ES256\",\"url\":7,\"kid\":\"x\"}")}) {
        EXPECT_EQ(kindOf(body), ErrorKind::Malformed) << body;
    }
}

TEST(ParseJws, WantsNoncesInBase64Url) {  // B16
    for (const char* nonce : {"\"\"", "\"AA==\"", "\"a b\"", "\"+/+/\"", "7", "null"}) {
        const std::string header =
            std::string("{\"alg\":\"ES256\",\"url\":\"x\",\"kid\":\"x\",\"nonce\":") + nonce + "}";
        EXPECT_EQ(kindOf(flattened(header)), ErrorKind::Malformed) << nonce;
    }
    EXPECT_EQ(parseJws(flattened("{\"alg\":\"ES256\",\"url\":\"x\",\"kid\":\"x\"}")).value().nonce, "");
}

TEST(ParseJws, LivesThroughHostileInput) {
    const crypto::PrivateKey key = test::makeKey();
    const std::string body = signJws({toJwk(key.publicKey()).value(), "AAAA", kUrl, "{}"}, key).value();
    const Jws original = parseJws(body).value();
    test::mutate(toBytes(body), 3000, [&](ByteView variant) {
        const auto jws = parseJws(asText(variant));
        if (!jws || !verifyJws(*jws, key.publicKey())) return;
        EXPECT_EQ(jws->signingInput, original.signingInput);  // nothing but the signed text ever verifies
    });
    // And inside the protected header, behind the base64url.
    const std::string header = headerWith(",\"jwk\":" + toJwk(key.publicKey()).value().value.dump());
    test::mutate(toBytes(header), 2000,
                 [](ByteView variant) { (void)parseJws(flattened(std::string(asText(variant)))); });
}

}  // namespace
}  // namespace mailca::jose
