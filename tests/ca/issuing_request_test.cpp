// A new issuing CA by request: below a root that is elsewhere, and beside an old one. Standards D27-D30, D47.
#include "ca/issuing_request.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "ca/new_file.h"
#include "core/x509/path.h"
#include "tests/ca/support.h"

namespace mailca::ca {
namespace {

namespace fs = std::filesystem;
using test::must;

class IssuingRequestTest : public ::testing::Test {
 protected:
    IssuingRequestTest() {
        CeremonyPlan plan = test::ceremonyPlan(m_folder);
        plan.hierarchies = {"smime", "timestamp"};
        m_plan = plan;
        plan.folder = m_offline;
        must(must(Ceremony::plan(plan, m_clock, m_random, "aa", CeremonyScope::RootsOnly))
                 .perform(test::passphrase(), test::kCheapSeal));
        fs::copy(m_offline, m_online, fs::copy_options::recursive);
        fs::remove_all(m_online + "/roots");  // these stay where they are
    }

    IssuingCaOrder order(
        const std::string& folder, const std::string& hierarchy = "smime",
        const std::function<void(CeremonyPlan&)>& change = [](auto&) {}) {
        CeremonyPlan plan = m_plan;
        change(plan);
        return must(IssuingCaOrder::make(folder, {plan, m_sha256}, hierarchy));
    }
    Bytes request(const IssuingCaOrder& order) {
        return must(readWholeFile(must(requestIssuingCa(order, m_secrets, m_clock, m_random))));
    }
    Result<Bytes> sign(const IssuingCaOrder& order, const Bytes& csr, const std::string& root = "smime-root-1") {
        TRY(IssuingCaSignature signature, IssuingCaSignature::prepare(order, csr, m_clock, m_random));
        TRY(const std::string path, std::move(signature).sign(order, rootKeyPath(m_offline, root), test::passphrase()));
        return readWholeFile(path);
    }
    Result<void> install(const IssuingCaOrder& order, const Bytes& certificate) {
        TRY(const auto installation, IssuingCaInstallation::prepare(order, certificate));
        return installation.install(order, m_secrets, m_clock, m_random);
    }
    // All three steps.
    void makeIssuer(
        const std::string& hierarchy, const std::function<void(CeremonyPlan&)>& change = [](auto&) {}) {
        const Bytes csr = request(order(m_online, hierarchy, change));
        const Bytes certificate = must(sign(order(m_offline, hierarchy, change), csr,
                                            order(m_offline, hierarchy).plan().rootName(hierarchyNamed(hierarchy))));
        must(install(order(m_online, hierarchy, change), certificate));
    }
    Authority opened() { return must(Authority::open(m_online + "/authority.toml")); }
    void expectRefused(const Result<void>& result, const std::string& says) {
        ASSERT_FALSE(result) << says;
        EXPECT_NE(result.error().detail.find(says), std::string::npos) << result.error().detail;
    }
    template <typename T>
    void expectRefused(const Result<T>& result, const std::string& says) {
        expectRefused(result ? Result<void>() : Result<void>(result.error()), says);
    }

    test::TempDir m_folder;
    test::FakeClock m_clock;
    SystemRandom m_random;
    const std::string m_offline = m_folder.file("offline"), m_online = m_folder.file("online");
    std::string m_sha256 = "0123456789abcdef";
    CeremonyPlan m_plan;
    const Secret m_passphrase = test::passphrase(), m_pin;
    const CeremonySecrets m_secrets{m_passphrase, m_pin, test::kCheapSeal};
};

constexpr auto kSecond = [](CeremonyPlan& plan) { plan.issuingCas = {{"smime", 2}, {"timestamp", 2}}; };

TEST_F(IssuingRequestTest, RootsAloneAreNoAuthorityForADaemon) {
    expectRefused(Authority::open(m_online + "/authority.toml"), "names no issuing CA");
    EXPECT_FALSE(fs::exists(m_offline + "/smime-1.key"));
    EXPECT_FALSE(fs::exists(m_offline + "/audit-1.key"));
}

TEST_F(IssuingRequestTest, TheIssuingCaOfAnOfflineRootIsMadeInThreeSteps) {
    makeIssuer("smime");
    makeIssuer("timestamp");
    const Authority authority = opened();
    const Issuer& issuer = *authority.forHierarchy("smime");
    EXPECT_EQ(issuer.name, "smime-1");
    EXPECT_TRUE(x509::verifySignature(issuer.certificate, issuer.root().publicKey()));
    ASSERT_NE(authority.timestampUnit(), nullptr) << "the unit is certified where its CA's key is";
    EXPECT_TRUE(SigningKeys::open(m_online + "/authority.toml", authority, test::passphrase()));
    std::vector<std::string> acts;
    for (const CeremonyRecord& record : authority.ceremonies()) acts.push_back(record.act + " " + record.subject);
    EXPECT_EQ(acts, (std::vector<std::string>{"performed ", "requested smime-1", "installed smime-1",
                                              "requested timestamp-1", "installed timestamp-1"}));
    EXPECT_EQ(authority.ceremonies().back().sha256, m_sha256);
    EXPECT_NE(test::readFile(m_offline + "/authority.toml").find("signed"), std::string::npos);
    EXPECT_FALSE(fs::exists(m_online + "/roots"));
}

TEST_F(IssuingRequestTest, ANewIssuingCaTakesOverAndTheOldOneStays) {  // rollover
    makeIssuer("smime");
    makeIssuer("timestamp");
    makeIssuer("smime", kSecond);
    makeIssuer("timestamp", kSecond);
    const Authority authority = opened();
    EXPECT_EQ(authority.forHierarchy("smime")->name, "smime-2");
    EXPECT_NE(authority.find("smime-1"), nullptr);
    EXPECT_EQ(authority.timestampUnit()->name, "timestamp-unit-2");
    EXPECT_TRUE(SigningKeys::open(m_online + "/authority.toml", authority, test::passphrase()));
    EXPECT_FALSE(authority.find("smime-1")->certificate.publicKey() ==
                 authority.find("smime-2")->certificate.publicKey());
}

TEST_F(IssuingRequestTest, NothingIsMadeTwice) {
    const Bytes csr = request(order(m_online));
    expectRefused(requestIssuingCa(order(m_online), m_secrets, m_clock, m_random), "another number");
    const Bytes certificate = must(sign(order(m_offline), csr));
    expectRefused(sign(order(m_offline), csr), "another number");
    must(install(order(m_online), certificate));
    expectRefused(install(order(m_online), certificate), "installed already");
}

TEST_F(IssuingRequestTest, ARequestThatWasBrokenOffGoesOnWithItsKey) {
    request(order(m_online));
    const std::string before = test::readFile(m_folder.path() / "offline/authority.toml");
    const std::string key = test::readFile(m_online + "/smime-1.key");
    test::writeFile(m_online + "/authority.toml", before);  // the power went before the record
    fs::remove(m_online + "/smime-1.csr");
    request(order(m_online));
    EXPECT_EQ(test::readFile(m_online + "/smime-1.key"), key);
}

TEST_F(IssuingRequestTest, ASignatureThatWasBrokenOffIsRecordedAndNotMadeAgain) {
    const Bytes csr = request(order(m_online));
    const std::string before = test::readFile(m_offline + "/authority.toml");
    const Bytes certificate = must(sign(order(m_offline), csr));
    test::writeFile(m_offline + "/authority.toml", before);  // the power went before the record
    fs::remove(m_offline + "/smime-1.pem");
    const auto signature = must(IssuingCaSignature::prepare(order(m_offline), csr, m_clock, m_random));
    EXPECT_NE(signature.announcement().back().find("broken off"), std::string::npos);
    EXPECT_EQ(must(sign(order(m_offline), csr)), certificate);
    EXPECT_NE(test::readFile(m_offline + "/authority.toml").find("signed"), std::string::npos);
    EXPECT_TRUE(fs::exists(m_offline + "/smime-1.pem"));
    expectRefused(sign(order(m_offline), csr), "another number");
}

TEST_F(IssuingRequestTest, GoesOnOnlyWithTheCertificateOfThisRequestAndThisFile) {
    const Bytes csr = request(order(m_online));
    const std::string before = test::readFile(m_offline + "/authority.toml");
    must(sign(order(m_offline), csr));
    test::writeFile(m_offline + "/authority.toml", before);
    const auto subject = describe(m_plan, hierarchyNamed("smime"), Rank::Issuer).subject;
    const auto other = must(crypto::PrivateKey::generate(m_plan.keysOf(hierarchyNamed("smime"))));
    expectRefused(sign(order(m_offline), must(x509::makeRequest(other, subject))), "not this root's for the key");
    expectRefused(sign(order(m_offline, "smime",
                             [](auto& p) {
                                 p.policies = {{"smime", "1.2.3"}};
                             }),
                       csr),
                  "something else");
    fs::copy(m_offline + "/smime-root-1.cer", m_offline + "/smime-1.cer", fs::copy_options::overwrite_existing);
    expectRefused(sign(order(m_offline), csr), "not this root's for the key");
}

TEST_F(IssuingRequestTest, AnInstallationThatWasBrokenOffGoesOn) {
    const Bytes csr = request(order(m_online, "timestamp"));
    const std::string before = test::readFile(m_online + "/authority.toml");
    const Bytes certificate = must(sign(order(m_offline, "timestamp"), csr, "timestamp-root-1"));
    must(install(order(m_online, "timestamp"), certificate));
    const std::string unit = test::readFile(m_online + "/timestamp-unit-1.key");
    test::writeFile(m_online + "/authority.toml", before);
    fs::remove(m_online + "/timestamp-unit-1.cer");
    fs::remove(m_online + "/timestamp-unit-1.pem");
    must(install(order(m_online, "timestamp"), certificate));
    EXPECT_EQ(test::readFile(m_online + "/timestamp-unit-1.key"), unit);
    EXPECT_NE(opened().timestampUnit(), nullptr);
}

TEST_F(IssuingRequestTest, SignsOnlyWhatTheReviewedFileSays) {
    const Bytes csr = request(order(m_online));
    expectRefused(sign(order(m_offline, "timestamp"), csr, "timestamp-root-1"), "for another CA");
    expectRefused(sign(order(m_offline, "smime", [](auto& p) { p.keys.type = crypto::KeyType::P384; }), csr),
                  "not of the kind");
    expectRefused(sign(order(m_offline, "smime", [](auto& p) { p.organization = "Another"; }), csr),
                  "not the root that the reviewed file describes");
    expectRefused(sign(order(m_offline, "smime", [](auto& p) { p.baseUrl = "http://else.example"; }), csr), "base URL");
    expectRefused(sign(order(m_offline), csr, "timestamp-root-1"), "not the key of this root");
    Bytes broken = csr;
    broken.back() ^= 1U;
    expectRefused(sign(order(m_offline), broken), "does not verify");
    const auto rootKey = must(readSealedKey(rootKeyPath(m_offline, "smime-root-1"), m_passphrase));
    const auto subject = describe(m_plan, hierarchyNamed("smime"), Rank::Issuer).subject;
    expectRefused(sign(order(m_offline), must(x509::makeRequest(rootKey, subject))), "key is that of smime-root-1");
    EXPECT_FALSE(fs::exists(m_offline + "/smime-1.cer"));
    EXPECT_TRUE(sign(order(m_offline), csr));
}

TEST_F(IssuingRequestTest, InstallsOnlyWhatWasAskedFor) {
    expectRefused(install(order(m_online), Bytes()), "was not requested here");
    const Bytes csr = request(order(m_online));
    const Bytes other = request(order(m_online, "timestamp"));
    const Bytes certificate = must(sign(order(m_offline), csr));
    const Bytes stamping = must(sign(order(m_offline, "timestamp"), other, "timestamp-root-1"));
    expectRefused(install(order(m_online), Bytes{1, 2, 3}), "no DER certificate");
    expectRefused(install(order(m_online), stamping), "not signed by smime-root-1");
    m_sha256 = "fedcba9876543210";
    expectRefused(install(order(m_online), certificate), "changed since the request");
    m_sha256 = "0123456789abcdef";
    expectRefused(install(order(m_online, "smime",
                                [](auto& p) {
                                    p.policies = {{"smime", "1.2.3"}};
                                }),
                          certificate),
                  "something else");
    EXPECT_FALSE(fs::exists(m_online + "/smime-1.cer"));
    EXPECT_TRUE(install(order(m_online), certificate));
}

TEST_F(IssuingRequestTest, OnePassphraseOpensAllThatTheSignerNeeds) {
    makeIssuer("smime");
    const Secret other = Secret::copyOf(asBytes("another pass-phrase"));
    const auto made =
        requestIssuingCa(order(m_online, "timestamp"), {other, m_pin, test::kCheapSeal}, m_clock, m_random);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, ErrorKind::Unauthorized);
    EXPECT_FALSE(fs::exists(m_online + "/timestamp-1.key"));
}

TEST_F(IssuingRequestTest, ShowsWhatWillBeSigned) {
    const Bytes csr = request(order(m_online));
    const auto signature = must(IssuingCaSignature::prepare(order(m_offline), csr, m_clock, m_random));
    std::string all;
    for (const std::string& line : signature.announcement()) all += line + "\n";
    for (const char* part :
         {"smime-1: CN=Example Mail CA S/MIME CA 1", "issuer: CN=Example Mail CA S/MIME Root 1", "path length 0",
          "keyCertSign, cRLSign", "1.3.6.1.4.1.32473.1.1", "serial number: ", "SHA-256 of its key: "}) {
        EXPECT_NE(all.find(part), std::string::npos) << part << "\n" << all;
    }
}

}  // namespace
}  // namespace mailca::ca
