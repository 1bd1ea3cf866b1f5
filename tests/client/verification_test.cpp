// What a client must refuse whatever the exchange says of it (design.md section 7).
#include "client/exchange/verification.h"

#include <gtest/gtest.h>

#include "client/exchange/capabilities.h"
#include "client/exchange/lookup.h"
#include "client/exchange/root_pins.h"
#include "core/json/json.h"
#include "tests/client/authority.h"
#include "tests/client/doubles.h"
#include "tests/support/files.h"

namespace mailca::client {
namespace {

using test::Authority;
using test::must;

constexpr const char* kAlice = "alice@example.org";

class VerificationTest : public ::testing::Test {
 protected:
    VerificationTest() {
        web.pages[test::kIssuingUrl] = std::string(asText(authority.issuing().der()));
        web.pages[test::kLeafCrlUrl] = authority.leafCrl({});
        web.pages[test::kIssuingCrlUrl] = authority.issuingCrl({});
    }
    // The reason for a refusal; empty when it passed.
    std::string judge(const x509::Certificate& certificate, x509::Purpose purpose = x509::Purpose::SmimeEncrypt) {
        Issuers issuers(web);
        Revocation revocation(web, clock);
        Verification verification({authority.root()}, issuers, revocation, clock);
        const auto verdict = verification.verify(certificate, must(EmailAddress::parse(kAlice)), purpose);
        return verdict ? "" : verdict.error().detail;
    }
    x509::Certificate leaf(const Authority::Change& change = {}) {
        return authority.encryptionCertificate(key.publicKey(), kAlice, change);
    }

    test::FakeClock clock;
    Authority authority{clock.now()};
    crypto::PrivateKey key = Authority::newKey();
    test::FakeWeb web;
};

TEST_F(VerificationTest, PassesAGoodCertificate) {
    EXPECT_EQ(judge(leaf()), "");
}

TEST_F(VerificationTest, NamesEveryReasonForRefusing) {
    struct Row {
        const char* reason;
        Authority::Change change;
    };
    const std::vector<Row> rows{
        {"does not name", [](auto& f) { f.mailbox = must(EmailAddress::parse("mallory@example.org")); }},
        {"does not name", [](auto& f) { f.mailbox = must(EmailAddress::parse("Alice@example.org")); }},  // H11
        {"not valid before", [&](auto& f) { f.notBefore = clock.now() + 1h; }},
        {"expired", [&](auto& f) { f.notAfter = clock.now() - 1s; }},
        {"key usage", [](auto& f) { f.keyUsage = x509::kDigitalSignature; }},
        {"key usage", [](auto& f) { f.keyUsage = 0; }},
        {"extended key usage", [](auto& f) { f.extendedKeyUsage = {std::string(x509::oid::kTimeStamping)}; }},
        {"extended key usage", [](auto& f) { f.extendedKeyUsage = {}; }},
        {"names no CRL", [](auto& f) { f.crlUrls = {}; }},
        {"URL is not http", [](auto& f) { f.crlUrls = {"file:///etc/passwd"}; }},
        {"pinned roots", [](auto& f) { f.caIssuersUrls = {}; }},
        {"URL is not http", [](auto& f) { f.caIssuersUrls = {"ldap://pki.test/x"}; }},
        {"CA's certificate", [](auto& f) { f.ca = true; }},
    };
    for (const Row& row : rows) {
        EXPECT_NE(judge(leaf(row.change)).find(row.reason), std::string::npos)
            << row.reason << ": " << judge(leaf(row.change));
    }
}

TEST_F(VerificationTest, RefusesAnotherAuthoritysCertificate) {
    Authority stranger(clock.now(), 2);
    EXPECT_NE(judge(stranger.encryptionCertificate(key.publicKey(), kAlice)), "");
    web.pages[test::kIssuingUrl] = std::string(asText(stranger.issuing().der()));
    EXPECT_NE(judge(stranger.encryptionCertificate(key.publicKey(), kAlice)).find("pinned roots"), std::string::npos);
}

TEST_F(VerificationTest, RefusesWhatTheCrlRevokesOrCannotTell) {
    const x509::Certificate certificate = leaf();
    const x509::RevokedEntry entry{certificate.serial(), clock.now() - 30min, std::nullopt};
    const std::vector<std::pair<const char*, std::string>> rows{
        {"revoked on 2026", authority.leafCrl({entry})},
        {"out of date", authority.leafCrl({}, [&](auto& f) { f.nextUpdate = clock.now() - 1s; })},
        {"from the future", authority.leafCrl({}, [&](auto& f) { f.thisUpdate = clock.now() + 1h; })},
        {"for other certificates",
         authority.leafCrl({}, [](auto& f) { f.distributionPoint = "http://pki.test/2.crl"; })},
        {"not its issuer's", Authority(clock.now(), 3).leafCrl({})},
        {"cannot be read", "no CRL"},
    };
    for (const auto& [reason, crl] : rows) {
        web.pages[test::kLeafCrlUrl] = crl;
        EXPECT_NE(judge(certificate).find(reason), std::string::npos) << reason << ": " << judge(certificate);
    }
    web.pages.erase(test::kLeafCrlUrl);
    EXPECT_NE(judge(certificate).find("cannot be told"), std::string::npos);
}

TEST_F(VerificationTest, RefusesUnderARevokedIssuer) {
    web.pages[test::kIssuingCrlUrl] =
        authority.issuingCrl({{authority.issuing().serial(), clock.now() - 30min, std::nullopt}});
    EXPECT_NE(judge(leaf()).find("revoked"), std::string::npos);
}

TEST(Lookup, LeavesOutTemporaryAndDeadEntriesAndRefusesOtherMailboxes) {
    const test::FakeClock clock;
    Authority authority(clock.now());
    const x509::Certificate one = authority.encryptionCertificate(Authority::newKey().publicKey(), kAlice);
    const auto entry = [&](const char* trustClass, const char* state) {
        return json::object({{"role", json::array({"encrypt"})},
                             {"algorithm", "P-256"},
                             {"class", trustClass},
                             {"state", state},
                             {"certificate", toBase64(one.der())}});
    };
    const auto answer = [&](const char* mailbox) {
        return json::object({{"mailbox", mailbox},
                             {"entries", json::array({entry("issued", "live"), entry("temporary", "live"),
                                                      entry("observed", "live"), entry("issued", "revoked")})}})
            .dump();
    };
    const EmailAddress alice = must(EmailAddress::parse(kAlice));
    const auto entries = must(parseAnswer(answer(kAlice), alice));
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries[0].trustClass, TrustClass::Issued);
    EXPECT_EQ(entries[1].trustClass, TrustClass::Observed);
    EXPECT_FALSE(parseAnswer(answer("mallory@example.org"), alice));
    EXPECT_FALSE(parseAnswer("[]", alice));
}

TEST(RootPins, StayWhenTheExchangeNamesOthersLater) {
    const test::FakeClock clock;
    Authority first(clock.now(), 1), second(clock.now(), 2);
    const test::TempDir folder;
    SystemDisk disk;
    const StateDirectory state = must(StateDirectory::open(folder.path() / "state", disk));
    test::FakeWeb web;
    test::RecordingReport report;
    const auto roots = [&] { return pinnedRoots(web, "https://keys.test", state, report); };
    EXPECT_FALSE(roots());  // nothing pinned and nobody to ask
    web.pages["https://keys.test/v1/roots"] = first.root().pem();
    EXPECT_EQ(must(roots()), std::vector{first.root()});
    EXPECT_TRUE(report.warned.empty());
    web.pages["https://keys.test/v1/roots"] = second.root().pem();
    EXPECT_EQ(must(roots()), std::vector{first.root()});
    ASSERT_EQ(report.warned.size(), 1u);
    EXPECT_NE(report.warned[0].find("OTHER ROOTS"), std::string::npos);
    web.pages.clear();
    EXPECT_EQ(must(roots()), std::vector{first.root()});
}

TEST(Capabilities, NamesGcmOnlyWhereItStands) {
    // openssl asn1parse -genconf: SEQUENCE of { aes-256-gcm }, { aes-256-cbc }
    const Bytes both = must(fromHex("301a300b060960864801650304012e300b060960864801650304012a"));
    const Bytes cbc = must(fromHex("300d300b060960864801650304012a"));
    EXPECT_TRUE(namesAes256Gcm(both));
    EXPECT_FALSE(namesAes256Gcm(cbc));
    EXPECT_FALSE(namesAes256Gcm(ByteView(both).first(12)));
    EXPECT_FALSE(namesAes256Gcm({}));
}

}  // namespace
}  // namespace mailca::client
