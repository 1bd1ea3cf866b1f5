// RFC 8555 section 7.3.4: the form of an external account binding.
#include "core/jose/mac_jws.h"

#include <gtest/gtest.h>

#include "tests/support/mutate.h"

namespace mailca::jose {
namespace {

// RFC 7515 appendix A.1's key, and its HS256 value over a header of RFC 8555: made with Python's hmac module.
constexpr const char* kKey = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
struct Vector {
    const char* algorithm;
    const char* protectedText;
    const char* mac;
};
constexpr Vector kVectors[] = {
    {"HS256",
     "eyJhbGciOiAiSFMyNTYiLCAia2lkIjogImtleS0xIiwgInVybCI6ICJodHRwczovL2FjbWUuZXhhbXBsZS9hY21lL25ldy1hY2NvdW50In0",
     "Va5tbccpPK_tN8amMXnuHc23_tPbtH_yv0HqDJdLjYQ"},
    {"HS384",
     "eyJhbGciOiAiSFMzODQiLCAia2lkIjogImtleS0xIiwgInVybCI6ICJodHRwczovL2FjbWUuZXhhbXBsZS9hY21lL25ldy1hY2NvdW50In0",
     "4duFCYBnL00BnN0ATqj21Wb4mv9hqfwLqIDWX6kzlDHa_oCYryQCw_jnkhOExpWo"},
    {"HS512",
     "eyJhbGciOiAiSFM1MTIiLCAia2lkIjogImtleS0xIiwgInVybCI6ICJodHRwczovL2FjbWUuZXhhbXBsZS9hY21lL25ldy1hY2NvdW50In0",
     "GysPSY-W_KioJBLVmX3w05EOk6rWAqDjUkm74YZcuhEf63XZwCi_9qv3pfkyiJs-VyaON-OKVLZxnPWH-Uu0Cw"},
};
constexpr const char* kPayload = "eyJrdHkiOiJPS1AifQ";  // {"kty":"OKP"}

json::Value jws(const std::string& protectedText, const std::string& mac) {
    return json::object({{"protected", protectedText}, {"payload", kPayload}, {"signature", mac}});
}
json::Value jwsOf(const std::string& header) {
    return jws(toBase64Url(asBytes(header)), "AAAA");
}
Secret key() {
    return Secret::copyOf(fromBase64Url(kKey).value());
}

TEST(MacJws, AgreesWithAnotherImplementation) {
    for (const Vector& vector : kVectors) {
        const auto parsed = parseMacJws(jws(vector.protectedText, vector.mac));
        ASSERT_TRUE(parsed) << vector.algorithm << ": " << parsed.error().text();
        EXPECT_EQ(parsed->keyId, "key-1");
        EXPECT_EQ(parsed->url, "https://acme.example/acme/new-account");
        EXPECT_EQ(parsed->payload, R"({"kty":"OKP"})");
        EXPECT_TRUE(verifyMac(*parsed, key())) << vector.algorithm;
        EXPECT_FALSE(verifyMac(*parsed, Secret::copyOf(asBytes(std::string_view("another key"))))) << vector.algorithm;
        MacJws bent = *parsed;
        bent.mac.back() ^= 1;
        EXPECT_FALSE(verifyMac(bent, key()));
        bent.mac.pop_back();
        EXPECT_FALSE(verifyMac(bent, key()));
        bent.mac.clear();
        EXPECT_FALSE(verifyMac(bent, key()));
    }
}

TEST(MacJws, RefusesEveryOtherForm) {
    const std::string good = R"("kid":"k","url":"u")";
    const std::vector<std::pair<std::string, ErrorKind>> headers{
        {R"({"alg":"none",)" + good + "}", ErrorKind::BadSignatureAlgorithm},
        {R"({"alg":"ES256",)" + good + "}", ErrorKind::BadSignatureAlgorithm},
        {R"({"alg":"hs256",)" + good + "}", ErrorKind::BadSignatureAlgorithm},
        {"{" + good + "}", ErrorKind::BadSignatureAlgorithm},
        {R"({"alg":"HS256","nonce":"AA",)" + good + "}", ErrorKind::Malformed},
        {R"({"alg":"HS256","jwk":{},)" + good + "}", ErrorKind::Malformed},
        {R"({"alg":"HS256","crit":["x"],)" + good + "}", ErrorKind::Malformed},
        {R"({"alg":"HS256","b64":false,)" + good + "}", ErrorKind::Malformed},
        {R"({"alg":"HS256","url":"u"})", ErrorKind::Malformed},
        {R"({"alg":"HS256","kid":"","url":"u"})", ErrorKind::Malformed},
        {R"({"alg":"HS256","kid":"k"})", ErrorKind::Malformed},
    };
    for (const auto& [header, kind] : headers) {
        const auto refused = parseMacJws(jwsOf(header));
        ASSERT_FALSE(refused) << header;
        EXPECT_EQ(refused.error().kind, kind) << header;
    }
    ASSERT_TRUE(parseMacJws(jwsOf(R"({"alg":"HS256",)" + good + "}")));
}

TEST(MacJws, WantsTheThreeMembersAndNoOther) {
    json::Value four = jws(kVectors[0].protectedText, kVectors[0].mac);
    four.set("header", json::object({}));
    for (const json::Value& wrong :
         {four, json::Value("text"), json::Value(), json::object({{"protected", "e30"}, {"payload", "e30"}}),
          json::object({{"protected", 1}, {"payload", "e30"}, {"signature", "AA"}}), jws("e30=", "AA"),
          jws("!", "AA")}) {
        EXPECT_EQ(parseMacJws(wrong).error().kind, ErrorKind::Malformed) << wrong.dump();
    }
}

TEST(MacJws, StandsHostileInput) {
    const auto judge = [](ByteView variant) {
        const auto value = json::parse(asText(variant));
        if (!value) return;
        const auto parsed = parseMacJws(*value);
        if (parsed) (void)verifyMac(*parsed, key());
    };
    test::mutate(toBytes(jws(kVectors[0].protectedText, kVectors[0].mac).dump()), 3000, judge);
    const Bytes header = fromBase64Url(kVectors[1].protectedText).value();
    test::mutate(header, 2000, [](ByteView variant) { (void)parseMacJws(jws(toBase64Url(variant), kVectors[1].mac)); });
}

}  // namespace
}  // namespace mailca::jose
