// Standards F14, F20, F21, F24: what an OCSP request may be. The requests are those of other programs.
#include "ca/ocsp/request.h"

#include <gtest/gtest.h>

#include "ca/lint/tbs.h"
#include "tests/ca/lint/defects.h"
#include "tests/ca/ocsp/openssl_ocsp.h"
#include "tests/ca/support.h"
#include "tests/support/mutate.h"

namespace mailca::ca::ocsp {
namespace {

using test::extension;
using test::fromHexOrThrow;
using test::joined;
using test::must;
using test::partsOf;
using test::tlv;

const std::string kNonceOid = "2b0601050507300102";

Bytes vector(const std::string& name) {
    return test::readBytes(test::dataFile("ocsp/" + name));
}

// A request for the certificate of sha256.der with these request extensions.
Bytes withExtensions(const std::vector<Bytes>& extensions) {
    const Bytes tbs = partsOf(vector("sha256.der")).at(0);
    auto parts = partsOf(tbs);
    parts.push_back(tlv(0xA2, joined(0x30, extensions)));
    return joined(0x30, {joined(0x30, parts)});
}

Bytes nonceOf(std::size_t octets) {
    return extension(kNonceOid, false, toHex(tlv(0x04, Bytes(octets, 0x5A))));
}

std::string refused(const Bytes& der) {
    const auto request = parseRequest(der);
    if (request) return "accepted";
    EXPECT_EQ(request.error().kind, ErrorKind::Malformed);
    return request.error().detail;
}

TEST(OcspRequest, ReadsWhatOtherProgramsSend) {  // F14
    const Request sha1 = must(parseRequest(vector("sha1-nonce.der")));
    ASSERT_EQ(sha1.ids.size(), 1U);
    EXPECT_EQ(sha1.ids[0].hash, IdHash::Sha1);
    EXPECT_EQ(toHex(sha1.ids[0].issuerNameHash), "3f29bedccf695229ded0dbae7e21164e3630ea08");
    EXPECT_EQ(toHex(sha1.ids[0].issuerKeyHash), "82ee97c12bf424047d73dc4193f5e9c9c4c2bd96");
    EXPECT_EQ(sha1.ids[0].serial, must(Serial::fromHex("1002")));
    EXPECT_EQ(toHex(sha1.nonce), "6cdbb90b74b7ecfaf856c2d2cd3b7831");

    const Request sha256 = must(parseRequest(vector("sha256.der")));
    EXPECT_EQ(sha256.ids[0].hash, IdHash::Sha256);
    EXPECT_EQ(sha256.ids[0].issuerNameHash.size(), 32U);
    EXPECT_TRUE(sha256.nonce.empty());

    const Request three = must(parseRequest(vector("three.der")));
    ASSERT_EQ(three.ids.size(), 3U);
    EXPECT_EQ(three.ids[1].serial, must(Serial::fromHex("1003")));
    EXPECT_EQ(three.ids[2].hash, IdHash::Sha256);
    EXPECT_EQ(must(parseRequest(vector("gnutls.der"))).ids[0].der, sha1.ids[0].der);
}

TEST(OcspRequest, KeepsEachIdAsItWasAsked) {  // F14
    const Bytes der = vector("sha256.der");
    const Bytes id = must(parseRequest(der)).ids[0].der;
    EXPECT_NE(std::search(der.begin(), der.end(), id.begin(), id.end()), der.end());
    EXPECT_EQ(id.size(), 89U);
}

TEST(OcspRequest, NoncesByTheirLength) {  // F20
    const struct {
        std::size_t octets;
        std::optional<std::size_t> kept;
    } rows[] = {{0, {}}, {1, 0}, {15, 0}, {16, 16}, {32, 32}, {33, 0}, {128, 0}, {129, {}}};
    for (const auto& row : rows) {
        const auto request = parseRequest(withExtensions({nonceOf(row.octets)}));
        EXPECT_EQ(request.has_value(), row.kept.has_value()) << row.octets;
        if (request) {
            EXPECT_EQ(request->nonce.size(), row.kept) << row.octets;
        }
    }
}

TEST(OcspRequest, ExtensionsAreReadAsStrictlyAsTheySay) {
    EXPECT_TRUE(parseRequest(withExtensions({extension("2a0304", false, "0500")})));
    EXPECT_NE(refused(withExtensions({extension("2a0304", true, "0500")})).find("1.2.3.4"), std::string::npos);
    EXPECT_NE(refused(withExtensions({nonceOf(16), nonceOf(16)})).find("two nonces"), std::string::npos);
    EXPECT_NE(refused(withExtensions({extension(kNonceOid, false, "0102030405060708")})).find("nonce"),
              std::string::npos);
}

TEST(OcspRequest, RequestorAndSignatureAreLeftAlone) {  // F21
    const Bytes tbs = partsOf(vector("sha256.der")).at(0);
    const Bytes list = partsOf(tbs).at(0);
    const Bytes version = fromHexOrThrow("a003020100"), requestor = fromHexOrThrow(
                                                            "a106a4043002"
                                                            "3000");
    const Bytes whole = joined(0x30, {joined(0x30, {version, requestor, list}), fromHexOrThrow("a0023000")});
    EXPECT_TRUE(parseRequest(whole)) << refused(whole);
}

TEST(OcspRequest, SerialsThatNoCaGivesOutAreAskedForAllTheSame) {
    const Bytes good = vector("sha256.der");
    for (const char* serial : {"02020000", "0202ff02", "02028001", "02020002"}) {  // zero, negative, padded
        const auto request = parseRequest(test::patched(good, "02021002", serial));
        ASSERT_TRUE(request);
        EXPECT_FALSE(request->ids[0].serial) << serial;
    }
}

TEST(OcspRequest, WhatIsNoRequestIsMalformed) {
    const Bytes good = vector("sha256.der");
    const Bytes single = partsOf(partsOf(partsOf(good).at(0)).at(0)).at(0);
    const auto of = [](const std::vector<Bytes>& singles) {
        return joined(0x30, {joined(0x30, {joined(0x30, singles)})});
    };
    EXPECT_TRUE(parseRequest(of({single})));
    EXPECT_TRUE(parseRequest(of(std::vector<Bytes>(kMostIds, single))));
    EXPECT_NE(refused(of(std::vector<Bytes>(kMostIds + 1, single))).find("16"), std::string::npos);  // F24
    EXPECT_NE(refused(of({})), "accepted");
    Bytes behind = good;
    behind.push_back(0);
    const Bytes v2 = joined(0x30, {joined(0x30, {fromHexOrThrow("a003020101"), joined(0x30, {single})})});
    for (const Bytes& bad :
         {Bytes{}, Bytes{0x30, 0x00}, behind, Bytes(good.begin(), good.end() - 1), v2,
          test::patched(good, "02021002", "04021002"), Bytes(kLongestRequest + 1, 0x30), fromHexOrThrow("30800000")}) {
        EXPECT_NE(refused(bad), "accepted") << toHex(bad).substr(0, 80);
    }
}

TEST(OcspRequest, MutatedRequestsNeverBreakTheParser) {
    int read = 0;
    for (const char* name : {"sha1-nonce.der", "sha256.der", "three.der", "gnutls.der"}) {
        test::mutate(vector(name), 20'000, [&](ByteView der) {
            const auto request = parseRequest(der);
            if (!request) return;
            ++read;
            EXPECT_FALSE(request->ids.empty());
            EXPECT_LE(request->ids.size(), kMostIds);
            EXPECT_TRUE(request->nonce.empty() || (request->nonce.size() >= 16 && request->nonce.size() <= 32));
        });
    }
    EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace mailca::ca::ocsp
