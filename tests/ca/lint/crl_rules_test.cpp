#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "ca/crl.h"
#include "ca/lint/lint.h"
#include "core/x509/crl.h"
#include "tests/ca/lint/defects.h"
#include "tests/ca/support.h"

namespace mailca::ca::lint {
namespace {

using std::chrono::days;
using test::must;
using x509::CrlFields;

class CrlRules : public ::testing::Test {
 protected:
    CrlFields fields() const {
        const Time now = m_clock.now();
        return {crypto::SignatureAlgorithm::EcdsaSha256,
                issuer().certificate.subjectDer(),
                now,
                now + days{7},
                {{must(Serial::fromHex("0102")), now, 1}, {must(Serial::fromHex("0103")), now, std::nullopt}},
                3,
                issuer().certificate.subjectKeyId(),
                issuer().crlUrl(1)};
    }
    std::set<std::string> rulesThatFind(ByteView tbs, crypto::SignatureAlgorithm algorithm,
                                        const std::string& url) const {
        return rulesThatFind(tbs, algorithm, url, issuer().certificate);
    }
    static std::set<std::string> rulesThatFind(ByteView tbs, crypto::SignatureAlgorithm algorithm,
                                               const std::string& url, const x509::Certificate& issuer) {
        const auto findings = lintCrl(tbs, algorithm, {&issuer, url});
        if (!findings) return {"unparsable: " + findings.error().detail};
        std::set<std::string> out;
        for (const Finding& finding : *findings) out.insert(finding.rule);
        return out;
    }
    const Issuer& issuer() const { return m_disk.smime(); }

    test::FakeClock m_clock;
    test::AuthorityOnDisk m_disk{m_clock};
};

// The first entry of the list, bent.
Bytes withEntry(const Bytes& tbs, const std::function<void(std::vector<Bytes>&)>& bend) {
    auto parts = test::partsOf(tbs);
    auto entries = test::partsOf(parts.at(5));
    auto entry = test::partsOf(entries.at(0));
    bend(entry);
    entries.at(0) = test::joined(0x30, entry);
    parts.at(5) = test::joined(0x30, entries);
    return test::joined(0x30, parts);
}

Bytes withDate(const Bytes& tbs, std::uint8_t tag, std::string_view text) {
    return withEntry(tbs, [&](auto& entry) { entry.at(1) = test::tlv(tag, toBytes(text)); });
}

TEST_F(CrlRules, GoodListsPass) {
    CrlFields good = fields();
    EXPECT_EQ(rulesThatFind(must(x509::encodeTbsCrl(good)), good.signature, issuer().crlUrl(1)),
              std::set<std::string>{});
    good.revoked.clear();
    EXPECT_EQ(rulesThatFind(must(x509::encodeTbsCrl(good)), good.signature, issuer().crlUrl(1)),
              std::set<std::string>{});
}

TEST_F(CrlRules, EveryDefectIsFoundByItsRule) {
    using F = CrlFields;
    const struct {
        std::string rule;
        std::function<void(F&)> change;
        std::function<Bytes(const Bytes&)> patch;
    } rows[] = {
        {"crl-version", {}, [](auto& tbs) { return test::patched(tbs, "020101", "020100"); }},
        {"crl-signature-algorithm", [](F& f) { f.signature = crypto::SignatureAlgorithm::EcdsaSha512; }, {}},
        {"crl-issuer-name",
         [](F& f) {
             f.issuerDer = must(x509::encodeName({"DE", "Another", "CA"}));
         },
         {}},
        {"crl-updates", [](F& f) { f.nextUpdate = f.thisUpdate; }, {}},
        {"crl-update-interval", [](F& f) { f.nextUpdate = f.thisUpdate + days{10} + seconds{1}; }, {}},
        {"crl-empty-list", [](F& f) { f.revoked.clear(); },
         [](auto& tbs) {
             return test::withInserted(tbs, 5, {0x30, 0x00});
         }},
        {"crl-authority-key-id", [](F& f) { f.authorityKeyId = Bytes(20, 1); }, {}},
        {"crl-number", {}, [](auto& tbs) { return test::withExtension(tbs, "551d14", {}); }},
        {"crl-number", {}, [](auto& tbs) { return test::withCriticalityTurned(tbs, "551d14"); }},
        {"crl-distribution-point", [](F& f) { f.distributionPoint = "http://pki.example.org/crl/smime-1/2.crl"; }, {}},
        {"crl-distribution-point", [](F& f) { f.distributionPoint.clear(); }, {}},
        {"crl-distribution-point", {}, [](auto& tbs) { return test::withCriticalityTurned(tbs, "551d1c"); }},
        {"crl-extension-unknown",
         {},
         [](auto& tbs) { return test::withExtension(tbs, "551d2e", test::extension("551d2e", false, "3000")); }},
        {"crl-entries", [](F& f) { f.revoked.push_back(f.revoked.front()); }, {}},
        {"crl-entries", [](F& f) { f.revoked.push_back(f.revoked.back()); }, {}},
        {"crl-entries", [](F& f) { std::swap(f.revoked.front(), f.revoked.back()); }, {}},
        {"crl-updates", {}, [](auto& tbs) { return test::patched(tbs, "170d32363131", "170d32363133"); }},
        {"crl-entries", {}, [](auto& tbs) { return withDate(tbs, 0x17, "261123310000Z"); }},
        {"crl-entries", {}, [](auto& tbs) { return withDate(tbs, 0x17, "260431110000Z"); }},
        {"crl-entries", {}, [](auto& tbs) { return withDate(tbs, 0x17, "261231235960Z"); }},
        {"crl-entries", {}, [](auto& tbs) { return withDate(tbs, 0x17, "2611231100Z"); }},
        {"crl-entries", {}, [](auto& tbs) { return withDate(tbs, 0x18, "20261123110000Z"); }},
        {"crl-entry-reasons", {}, [](auto& tbs) { return test::patched(tbs, "0a0101", "0a0106"); }},  // certificateHold
        {"crl-entry-reasons", {}, [](auto& tbs) { return test::patched(tbs, "0a0101", "0a0100"); }},  // unspecified
        // What stands where reasonCode stood is no time.
        {"crl-invalidity-date", {}, [](auto& tbs) { return test::patched(tbs, "0603551d15", "0603551d18"); }},
    };
    std::set<std::string_view> covered{"crl-entry-encoding"};  // RulesStandOnTheirOwn
    for (const auto& row : rows) {
        covered.insert(row.rule);
        F broken = fields();
        if (row.change) row.change(broken);
        Bytes tbs = must(x509::encodeTbsCrl(broken));
        if (row.patch) tbs = row.patch(tbs);
        const auto found = rulesThatFind(tbs, broken.signature, issuer().crlUrl(1));
        EXPECT_TRUE(found.contains(row.rule))
            << row.rule << ", but found " << (found.empty() ? "nothing" : *found.begin());
    }
    for (const CrlRule& rule : crlRules()) EXPECT_TRUE(covered.contains(rule.id)) << rule.id;
}

// What core's parser refuses before any rule sees it.
TEST_F(CrlRules, RulesStandOnTheirOwn) {
    const Bytes tbs = must(x509::encodeTbsCrl(fields()));
    const auto finds = [&](std::string_view id, const Bytes& bent) {
        const InspectedCrl it{must(TbsCrl::parse(bent)), m_clock.now(), m_clock.now() + days{7}};
        for (const CrlRule& rule : crlRules()) {
            if (rule.id == id) return rule.find(it, {&issuer().certificate, issuer().crlUrl(1)}).has_value();
        }
        throw std::logic_error("no such rule");
    };
    EXPECT_FALSE(finds("crl-entry-encoding", tbs));
    EXPECT_TRUE(finds("crl-entry-encoding", withEntry(tbs, [](auto& entry) {
                          const Bytes reason = test::partsOf(entry.at(2)).at(0);
                          entry.at(2) = test::joined(0x30, {reason, reason});
                      })));
    EXPECT_TRUE(finds("crl-entry-encoding", withEntry(tbs, [](auto& entry) {
                          entry.at(0) = Bytes{0x02, 0x03, 0x00, 0x01, 0x02};
                      })));
    EXPECT_FALSE(finds("crl-entries", tbs));
    EXPECT_TRUE(finds("crl-entries", withEntry(tbs, [](auto& entry) { entry.at(0) = test::tlv(0x02, Bytes(21, 1)); })));
    EXPECT_FALSE(finds("crl-number", tbs));
    EXPECT_TRUE(finds("crl-number", test::withExtension(tbs, "551d14", test::extension("551d14", false, "02020003"))));
}

TEST_F(CrlRules, ARootsListLastsAYearAtMostAndSaysWhy) {  // D47, D50
    const x509::Certificate& certificate = issuer().root();
    CrlFields root = fields();
    root.issuerDer = certificate.subjectDer();
    root.authorityKeyId = certificate.subjectKeyId();
    root.distributionPoint.clear();
    root.revoked.pop_back();
    root.nextUpdate = root.thisUpdate + days{365};
    EXPECT_EQ(rulesThatFind(must(x509::encodeTbsCrl(root)), root.signature, "", certificate), std::set<std::string>{});
    CrlFields longer = root;
    longer.nextUpdate += days{1};
    EXPECT_EQ(rulesThatFind(must(x509::encodeTbsCrl(longer)), root.signature, "", certificate),
              std::set<std::string>{"crl-update-interval"});
    root.revoked.front().reason.reset();
    EXPECT_EQ(rulesThatFind(must(x509::encodeTbsCrl(root)), root.signature, "", certificate),
              std::set<std::string>{"crl-entry-reasons"});
}

TEST_F(CrlRules, TheCompleteListIsNotScopedAndLastsAsLongAsAShard) {  // F4, D47
    CrlFields complete = fields();
    EXPECT_EQ(rulesThatFind(must(x509::encodeTbsCrl(complete)), complete.signature, ""),
              std::set<std::string>{"crl-distribution-point"});
    complete.distributionPoint.clear();
    complete.nextUpdate = complete.thisUpdate + days{10};
    EXPECT_EQ(rulesThatFind(must(x509::encodeTbsCrl(complete)), complete.signature, ""), std::set<std::string>{});
    complete.nextUpdate += seconds{1};
    EXPECT_EQ(rulesThatFind(must(x509::encodeTbsCrl(complete)), complete.signature, ""),
              std::set<std::string>{"crl-update-interval"});
    const Time now = m_clock.now();
    const x509::Crl crl = must(x509::Crl::fromDer(
        must(signCrl(issuer(), m_disk.keys().of(issuer()), {std::nullopt, 9, now, now + days{7}, {}}))));
    EXPECT_EQ(crl.distributionPoint(), "");
    EXPECT_EQ(crl.number(), 9U);
}

TEST_F(CrlRules, SignedShardHoldsWhatWasAsked) {  // F1-F5
    const Time now = m_clock.now();
    const CrlRequest request{2, 7, now, now + days{10}, {{must(Serial::fromHex("0abc")), now - days{1}, 4}}};
    const x509::Crl crl = must(x509::Crl::fromDer(must(signCrl(issuer(), m_disk.keys().of(issuer()), request))));
    EXPECT_TRUE(crl.verifySignature(issuer().certificate).has_value());
    EXPECT_EQ(crl.number(), 7U);
    EXPECT_EQ(crl.distributionPoint(), issuer().crlUrl(2));
    EXPECT_EQ(crl.nextUpdate(), now + days{10});
    ASSERT_EQ(crl.revoked().size(), 1U);
    EXPECT_EQ(crl.find(must(Serial::fromHex("0abc")))->reason, 4);
}

TEST_F(CrlRules, ABadRequestIsNotSigned) {
    const Time now = m_clock.now();
    const auto tooLong = signCrl(issuer(), m_disk.keys().of(issuer()), {0, 1, now, now + days{11}, {}});
    ASSERT_FALSE(tooLong.has_value());
    EXPECT_EQ(tooLong.error().kind, ErrorKind::Lint);
    const auto hold = signCrl(issuer(), m_disk.keys().of(issuer()),
                              {0, 1, now, now + days{7}, {{must(Serial::fromHex("0abc")), now, 6}}});
    EXPECT_FALSE(hold.has_value());
}

}  // namespace
}  // namespace mailca::ca::lint
