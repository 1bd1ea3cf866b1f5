// Every rule about OCSP responses finds the defect it is for, and good ones pass (F18-F21, D48, D50).
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "ca/lint/lint.h"
#include "ca/ocsp/delegate.h"
#include "ca/ocsp/response.h"
#include "core/random.h"
#include "tests/ca/lint/defects.h"
#include "tests/ca/support.h"

namespace mailca::ca::lint {
namespace {

using namespace std::chrono_literals;
using ocsp::ResponseFields;
using test::must;

class OcspRules : public ::testing::Test {
 protected:
    ResponseFields fields() const {
        const Time now = m_clock.now();
        return {m_delegate.certificate.subjectKeyId(), now, now + 24h, {{certId(), ocsp::Good{}}}, {}};
    }
    // By SHA-1 unless told otherwise, of nobody.
    static Bytes certId(std::string_view hash = "06052b0e03021a0500", std::size_t octets = 20) {
        const Bytes digest = test::tlv(0x04, Bytes(octets, 7));
        return test::joined(0x30, {test::tlv(0x30, test::fromHexOrThrow(hash)), digest, digest, {0x02, 0x01, 0x05}});
    }
    static constexpr std::string_view kSha256 = "0609608648016503040201";
    using Algorithm = crypto::SignatureAlgorithm;
    std::set<std::string> rulesThatFind(ByteView data, Algorithm algorithm = Algorithm::EcdsaSha256) const {
        const auto findings = lintOcsp(data, {&m_delegate.certificate, algorithm});
        if (!findings) return {"unparsable: " + findings.error().detail};
        std::set<std::string> out;
        for (const Finding& finding : *findings) out.insert(finding.rule);
        return out;
    }
    // The one SingleResponse, bent.
    static Bytes withSingle(const Bytes& data, const std::function<void(std::vector<Bytes>&)>& bend) {
        auto parts = test::partsOf(data);
        auto single = test::partsOf(test::partsOf(parts.at(2)).at(0));
        bend(single);
        parts.at(2) = test::joined(0x30, {test::joined(0x30, single)});
        return test::joined(0x30, parts);
    }
    static Bytes withResponseExtensions(const Bytes& data, const std::vector<Bytes>& extensions) {
        auto parts = test::partsOf(data);
        parts.push_back(test::tlv(0xA1, test::joined(0x30, extensions)));
        return test::joined(0x30, parts);
    }

    test::FakeClock m_clock;
    test::AuthorityOnDisk m_disk{m_clock};
    SystemRandom m_random;
    const ocsp::Delegate m_delegate = makeDelegate();

 private:
    ocsp::Delegate makeDelegate() {
        crypto::PrivateKey key = must(crypto::PrivateKey::generate({crypto::KeyType::P256, 0}));
        LintedTbs tbs = must(ocsp::prepareDelegate(m_disk.smime(), key.publicKey(), m_clock.now(), m_random));
        x509::Certificate certificate =
            must(x509::Certificate::fromDer(must(std::move(tbs).sign(m_disk.keys().of(m_disk.smime())))));
        return {std::move(key), std::move(certificate)};
    }
};

TEST_F(OcspRules, GoodResponsesPass) {
    const Time now = m_clock.now();
    for (const ocsp::Status& status :
         {ocsp::Status(ocsp::Good{}), ocsp::Status(ocsp::Unknown{}), ocsp::Status(ocsp::Revoked{now, std::nullopt}),
          ocsp::Status(ocsp::Revoked{now - 24h, 9})}) {
        ResponseFields good = fields();
        good.responses = {{certId(), status}, {certId(kSha256, 32), status}};
        good.nonce = Bytes(32, 7);
        EXPECT_EQ(rulesThatFind(encodeResponseData(good)), std::set<std::string>{});
    }
}

TEST_F(OcspRules, EveryDefectIsFoundByItsRule) {
    using F = ResponseFields;
    const std::string kNonce = "2b0601050507300102";
    const auto bend = [](std::size_t part, const std::string& hex) {
        return [=](const Bytes& data) {
            return withSingle(data, [&](auto& single) { single.at(part) = test::fromHexOrThrow(hex); });
        };
    };
    const auto nonce = [&](bool critical, const std::string& value) {
        return
            [=](const Bytes& data) { return withResponseExtensions(data, {test::extension(kNonce, critical, value)}); };
    };
    const std::string octets16 = "0410" + toHex(Bytes(16, 7));
    const struct {
        std::string rule;
        std::function<void(F&)> change;
        std::function<Bytes(const Bytes&)> patch;
    } rows[] = {
        {"ocsp-version", {}, [](auto& d) { return test::withInserted(d, 0, test::fromHexOrThrow("a003020100")); }},
        {"ocsp-responder-id", [](F& f) { f.responderKeyHash = Bytes(20, 1); }, {}},
        {"ocsp-responder-id", {}, [](auto& d) { return test::withPart(d, 0, test::fromHexOrThrow("a1023000")); }},
        {"ocsp-responses", [](F& f) { f.responses.clear(); }, {}},
        {"ocsp-cert-id",
         [](F& f) {
             f.responses[0].certId = {0x30, 0x00};
         },
         {}},
        {"ocsp-cert-id", [](F& f) { f.responses[0].certId = certId("06052b0e03021a0500", 32); }, {}},
        {"ocsp-cert-id", [](F& f) { f.responses[0].certId = certId("06082a864886f70d0205", 16); }, {}},  // MD5
        {"ocsp-times", {}, [](auto& d) { return test::withPart(d, 1, test::tlv(0x17, asBytes("261123120000Z"))); }},
        {"ocsp-times",
         {},
         bend(2,
              "18113230323631313233313230303030"
              "2e355a")},                                                   // 20261123120000.5Z
        {"ocsp-times", {}, bend(2, "180f32303236313333333132303030305a")},  // month 13
        {"ocsp-times", {}, [](auto& d) { return withSingle(d, [](auto& single) { single.pop_back(); }); }},
        {"ocsp-produced-at", {}, bend(2, "180f32303336313132333132303030305a")},  // 2036
        {"ocsp-interval", [](F& f) { f.nextUpdate = f.thisUpdate + 8h - 1s; }, {}},
        {"ocsp-interval", [](F& f) { f.nextUpdate = f.thisUpdate + 240h + 1s; }, {}},
        {"ocsp-outlives-responder", [](F& f) { f.nextUpdate = f.thisUpdate + 72h + 1s; }, {}},
        {"ocsp-status",
         [](F& f) {
             f.responses[0].status = ocsp::Revoked{f.thisUpdate, 0};
         },
         {}},
        {"ocsp-status",
         [](F& f) {
             f.responses[0].status = ocsp::Revoked{f.thisUpdate, 6};
         },
         {}},
        {"ocsp-status", {}, bend(1, "a100")},
        {"ocsp-status", {}, bend(1, "80020500")},
        {"ocsp-status", {}, bend(1, "8300")},
        {"ocsp-single-extensions",
         {},
         [](auto& d) {
             return withSingle(d, [](auto& single) { single.push_back(test::fromHexOrThrow("a1023000")); });
         }},
        {"ocsp-extensions", {}, nonce(true, octets16)},
        {"ocsp-extensions", {}, nonce(false, "040407070707")},
        {"ocsp-extensions", {}, nonce(false, toHex(Bytes(16, 7)))},
        {"ocsp-extensions",
         {},
         [](auto& d) { return withResponseExtensions(d, {test::extension("2a0304", false, "0500")}); }},
        {"ocsp-extensions",
         {},
         [&](auto& d) {
             const Bytes one = test::extension(kNonce, false, octets16);
             return withResponseExtensions(d, {one, one});
         }},
    };
    std::set<std::string_view> covered{"ocsp-signature-algorithm"};
    EXPECT_TRUE(
        rulesThatFind(encodeResponseData(fields()), Algorithm::EcdsaSha384).contains("ocsp-signature-algorithm"));
    for (const auto& row : rows) {
        covered.insert(row.rule);
        F broken = fields();
        if (row.change) row.change(broken);
        Bytes data = encodeResponseData(broken);
        if (row.patch) data = row.patch(data);
        const auto found = rulesThatFind(data);
        EXPECT_TRUE(found.contains(row.rule))
            << row.rule << ", but found " << (found.empty() ? "nothing" : *found.begin());
    }
    for (const OcspRule& rule : ocspRules()) EXPECT_TRUE(covered.contains(rule.id)) << rule.id;
}

TEST_F(OcspRules, UnparsableBytesAreRefused) {
    const Bytes good = encodeResponseData(fields());
    Bytes behind = good;
    behind.push_back(0);
    for (const Bytes& bad : {Bytes{}, Bytes{0x30, 0x00}, behind, Bytes(good.begin(), good.end() - 1),
                             withSingle(good, [](auto& single) { single.resize(1); })}) {
        const auto findings = lintOcsp(bad, {&m_delegate.certificate, Algorithm::EcdsaSha256});
        ASSERT_FALSE(findings);
        EXPECT_EQ(findings.error().kind, ErrorKind::Lint);
    }
}

}  // namespace
}  // namespace mailca::ca::lint
