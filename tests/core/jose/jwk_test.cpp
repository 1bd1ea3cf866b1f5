#include "core/jose/jwk.h"

#include <gtest/gtest.h>

#include "tests/support/certificates.h"
#include "tests/support/files.h"

namespace mailca::jose {
namespace {

json::Value vector(const std::string& name) {
    return json::parse(test::readFile(test::dataFile("jose/" + name))).value();
}
json::Value parsed(const std::string& text) {
    return json::parse(text).value();
}

TEST(Jwk, HasTheThumbprintOfRfc7638) {  // section 3.1; "alg" and "kid" do not count
    const Jwk jwk = parseJwk(vector("rfc7638.json")).value();
    EXPECT_EQ(jwk.thumbprint, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    EXPECT_FALSE(jwk.value.has("kid"));
}

TEST(Jwk, HasTheThumbprintOfRfc8037) {  // appendix A.3
    EXPECT_EQ(parseJwk(vector("rfc8037.json")).value().thumbprint, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(Jwk, RoundTrips) {
    for (const auto type :
         {crypto::KeyType::Rsa, crypto::KeyType::P256, crypto::KeyType::P384, crypto::KeyType::Ed25519}) {
        const crypto::PublicKey key = test::makeKey(type).publicKey();
        const Jwk made = toJwk(key).value();
        const Jwk read = parseJwk(made.value).value();
        EXPECT_EQ(read.key, key);
        EXPECT_EQ(read.value, made.value);
        EXPECT_EQ(read.thumbprint, made.thumbprint);
    }
    EXPECT_FALSE(toJwk(test::makeKey(crypto::KeyType::P521).publicKey()));
}

TEST(Jwk, RefusesPrivateMembers) {  // B13
    for (const char* member : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
        json::Value value = vector("rfc8037.json");
        value.set(member, "AAAA");
        EXPECT_EQ(parseJwk(value).error().kind, ErrorKind::BadPublicKey) << member;
    }
}

TEST(Jwk, RefusesWeakAndMonstrousRsa) {  // B7
    const auto rsa = [](int bits) {
        const crypto::PublicKey key = test::makeKey(crypto::KeyType::Rsa, bits).publicKey();
        return parseJwk(toJwk(key).value().value);
    };
    EXPECT_EQ(rsa(1024).error().kind, ErrorKind::BadPublicKey);
    EXPECT_TRUE(rsa(2048));
    const std::string huge = "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" + toBase64Url(Bytes(1025, 0xFF)) + "\"}";
    EXPECT_NE(parseJwk(parsed(huge)).error().detail.find("8192"), std::string::npos);
}

TEST(Jwk, RefusesNumbersWithALeadingZero) {  // RFC 7518 section 2: one key, one spelling, one thumbprint
    json::Value value = vector("rfc7638.json");
    Bytes modulus = fromBase64Url(*value.string("n")).value();
    modulus.insert(modulus.begin(), 0);
    value.set("n", toBase64Url(modulus));
    EXPECT_EQ(parseJwk(value).error().kind, ErrorKind::BadPublicKey);
}

class BadJwk : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(
    Table, BadJwk,
    testing::Values(
        "null", "[]", "\"x\"", "{}", R"({"kty":1})", R"({"kty":"oct","k":"AAAA"})", R"({"kty":"RSA"})",
        R"({"kty":"RSA","n":"AQAB"})", R"({"kty":"RSA","n":"","e":"AQAB"})", R"({"kty":"RSA","n":1,"e":"AQAB"})",
        R"({"kty":"rsa","n":"AQAB","e":"AQAB"})", R"({"kty":"EC","crv":"P-256"})",
        R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})", R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})",
        // the key of RFC 7515 appendix A.3 with its y changed: off the curve
        R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1"})",
        R"({"kty":"EC","crv":"P-384","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
        R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
        R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo="})",
        R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})"));

TEST_P(BadJwk, IsABadPublicKey) {
    EXPECT_EQ(parseJwk(parsed(GetParam())).error().kind, ErrorKind::BadPublicKey);
}

}  // namespace
}  // namespace mailca::jose
