// Every rule of the certificate lints finds the defect it is for, and good certificates of every kind pass.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "ca/ca_certificates.h"
#include "ca/lint/lint.h"
#include "core/x509/builder.h"
#include "tests/ca/lint/defects.h"
#include "tests/ca/support.h"

namespace mailca::ca::lint {
namespace {

using crypto::KeyType;
using crypto::SignatureAlgorithm;
using test::must;
using x509::CertificateFields;

EmailAddress alice() {
    return must(EmailAddress::parse("alice@example.org"));
}

crypto::PublicKey freshKey(KeyType type = KeyType::P256, int bits = 0) {
    return must(crypto::PrivateKey::generate({type, bits})).publicKey();
}

class CertificateRules : public ::testing::Test {
 protected:
    static void SetUpTestSuite() { s_disk = std::make_unique<test::AuthorityOnDisk>(); }
    static void TearDownTestSuite() { s_disk.reset(); }

    enum class Kind { Smime, Timestamp, IssuingCa, TimestampCa, Root };

    static const Issuer& issuerOf(Kind kind) { return kind == Kind::Timestamp ? s_disk->timestamp() : s_disk->smime(); }

    static CertificateContext context(Kind kind) {
        const Issuer& issuer = issuerOf(kind);
        const std::string hierarchy =
            kind == Kind::Timestamp || kind == Kind::TimestampCa ? "mailbox-timestamp" : "smime";
        if (kind == Kind::Root) return {CertificateKind::Root, hierarchy, nullptr, std::nullopt, ""};
        if (kind == Kind::IssuingCa || kind == Kind::TimestampCa) {
            return {CertificateKind::IssuingCa, hierarchy, &issuer.root(), std::nullopt,
                    "http://pki.example.org/crl/r.crl"};
        }
        return {CertificateKind::Subscriber, hierarchy, &issuer.certificate, alice(), issuer.crlUrl(1)};
    }

    // A good certificate of this kind.
    static CertificateFields fields(Kind kind) {
        const CertificateContext wanted = context(kind);
        const x509::Certificate& issuer = wanted.issuer == nullptr ? issuerOf(kind).root() : *wanted.issuer;
        SystemRandom random;
        CertificateFields out{Serial::random(random),
                              SignatureAlgorithm::EcdsaSha256,
                              issuer.subjectDer(),
                              x509::NameParts{"DE", "Example Mail CA", "Another CA"},
                              test::FakeClock().now(),
                              test::FakeClock().now() + std::chrono::days{397} - seconds{1},
                              freshKey()};
        const bool timestamp = wanted.isTimestamp();
        if (wanted.kind == CertificateKind::Root) {
            out.issuer = out.subject;
            out.ca = true;
            out.keyUsage = x509::kKeyCertSign | x509::kCrlSign;
            return out;
        }
        out.extendedKeyUsage = {std::string(timestamp ? x509::oid::kTimeStamping : x509::oid::kEmailProtection)};
        out.policies = {timestamp ? "1.3.6.1.4.1.32473.1.2" : "1.3.6.1.4.1.32473.1.1"};
        out.crlUrls = {wanted.crlUrl};
        out.caIssuersUrls = {"http://pki.example.org/issuer/i.cer"};
        out.authorityKeyId = issuer.subjectKeyId();
        if (wanted.kind == CertificateKind::IssuingCa) {
            out.ca = true;
            out.pathLength = 0;
            out.keyUsage = x509::kKeyCertSign | x509::kCrlSign;
            return out;
        }
        out.subject = x509::NameParts{"", "", "alice@example.org"};
        out.mailbox = alice();
        out.keyUsage = x509::kDigitalSignature;
        out.extendedKeyUsageCritical = timestamp;
        return out;
    }

    static std::set<std::string> rulesThatFind(Kind kind, ByteView tbs, SignatureAlgorithm algorithm) {
        const auto findings = lintCertificate(tbs, algorithm, context(kind));
        if (!findings) return {"unparsable: " + findings.error().detail};
        std::set<std::string> out;
        for (const Finding& finding : *findings) out.insert(finding.rule);
        return out;
    }

    using Change = std::function<void(CertificateFields&)>;
    using Patch = std::function<Bytes(const Bytes&)>;
    struct Row {
        std::string rule;
        Kind kind;
        Change change;
        Patch patch;
    };
    static const std::vector<Row>& rows();

    static std::unique_ptr<test::AuthorityOnDisk> s_disk;
};
std::unique_ptr<test::AuthorityOnDisk> CertificateRules::s_disk;

x509::NameParts named(const std::string& organization, const std::string& commonName) {
    return {"", organization, commonName};
}

const std::vector<CertificateRules::Row>& CertificateRules::rows() {
    using F = CertificateFields;
    static const std::vector<Row> kRows{
        {"version", Kind::Smime, {}, [](auto& tbs) { return test::patched(tbs, "a003020102", "a003020101"); }},
        {"serial", Kind::Smime, [](F& f) { f.serial = must(Serial::fromHex("05")); }, {}},
        {"signature-algorithm", Kind::Smime, [](F& f) { f.signature = SignatureAlgorithm::EcdsaSha384; }, {}},
        {"time-encoding",
         Kind::Smime,
         {},
         [](auto& tbs) {
             const std::string text = "20261123120000Z";
             return test::withPart(
                 tbs, 4,
                 test::joined(0x30, {test::tlv(0x18, asBytes(text)), test::tlv(0x17, asBytes("271225115959Z"))}));
         }},
        {"validity-order", Kind::Smime, [](F& f) { f.notAfter = f.notBefore - seconds{1}; }, {}},
        {"validity-length", Kind::Smime, [](F& f) { f.notAfter = f.notBefore + std::chrono::days{825}; }, {}},
        {"timestamp-ca-length",
         Kind::TimestampCa,
         [](F& f) { f.notAfter = f.notBefore + std::chrono::days{365 * 7}; },
         {}},
        {"outlives-issuer", Kind::Smime, [](F& f) { f.notAfter = f.notBefore + std::chrono::days{365 * 9}; }, {}},
        {"unique-ids",
         Kind::Smime,
         {},
         [](auto& tbs) {
             return test::withInserted(tbs, 7, Bytes{0x81, 0x02, 0x00, 0x01});
         }},
        {"extension-unknown",
         Kind::Smime,
         {},
         [](auto& tbs) { return test::withExtension(tbs, "551d09", test::extension("551d09", false, "3000")); }},
        {"extension-unknown", Kind::Root, [](F& f) { f.policies = {"1.2.3"}; }, {}},
        {"never-critical", Kind::Smime, {}, [](auto& tbs) { return test::withCriticalityTurned(tbs, "551d20"); }},
        {"never-critical", Kind::Smime, {}, [](auto& tbs) { return test::withCriticalityTurned(tbs, "551d23"); }},
        {"issuer-name", Kind::Smime, [](F& f) { f.issuer = named("Another", "CA"); }, {}},
        {"issuer-name", Kind::Root, [](F& f) { f.issuer = named("Another", "CA"); }, {}},
        {"subject-parts", Kind::Smime, [](F& f) { f.subject = named("Example", "alice@example.org"); }, {}},
        {"subject-mailbox", Kind::Smime, [](F& f) { f.subject = named("", "Alice"); }, {}},
        {"subject-mailbox", Kind::Smime, [](F& f) { f.subject = named("", "Alice@example.org"); }, {}},
        {"subject-meaningless", Kind::Smime, [](F& f) { f.subject = named("", "-"); }, {}},
        {"ca-subject", Kind::IssuingCa, [](F& f) { f.subject = named("Example", "CA"); }, {}},
        {"subject-alt-name", Kind::Smime, [](F& f) { f.mailbox.reset(); }, {}},
        {"subject-alt-name", Kind::Smime, [](F& f) { f.mailbox = must(EmailAddress::parse("bob@example.org")); }, {}},
        {"subject-alt-name-critical",
         Kind::Smime,
         {},
         [](auto& tbs) { return test::withCriticalityTurned(tbs, "551d11"); }},
        {"rsa-size", Kind::Smime, [](F& f) { f.key = freshKey(KeyType::Rsa, 1024); }, {}},
        {"rsa-size", Kind::Timestamp, [](F& f) { f.key = freshKey(KeyType::Rsa, 2048); }, {}},
        {"rsa-size", Kind::IssuingCa, [](F& f) { f.key = freshKey(KeyType::Rsa, 3072); }, {}},
        {"basic-constraints", Kind::Smime, [](F& f) { f.ca = true; }, {}},
        {"ca-constraints", Kind::Root, [](F& f) { f.pathLength = 1; }, {}},
        {"ca-constraints", Kind::IssuingCa, [](F& f) { f.pathLength = 1; }, {}},
        {"ca-constraints", Kind::IssuingCa, [](F& f) { f.ca = false; }, {}},
        {"key-usage", Kind::Smime, [](F& f) { f.keyUsage = x509::kKeyEncipherment; }, {}},
        {"key-usage", Kind::Smime, [](F& f) { f.keyUsage = x509::kDigitalSignature | x509::kKeyCertSign; }, {}},
        {"key-usage", Kind::Smime, [](F& f) { f.keyUsage = x509::kNonRepudiation; }, {}},
        {"key-usage", Kind::Smime, {}, [](auto& tbs) { return test::withExtension(tbs, "551d0f", {}); }},
        {"key-usage", Kind::Smime, {}, [](auto& tbs) { return test::withCriticalityTurned(tbs, "551d0f"); }},
        {"timestamp-key-usage",
         Kind::Timestamp,
         [](F& f) { f.keyUsage = x509::kDigitalSignature | x509::kKeyAgreement; },
         {}},
        {"ca-key-usage", Kind::Root, [](F& f) { f.keyUsage = x509::kKeyCertSign; }, {}},
        {"extended-key-usage", Kind::Smime, [](F& f) { f.extendedKeyUsage.emplace_back(x509::oid::kServerAuth); }, {}},
        {"extended-key-usage", Kind::Smime, [](F& f) { f.extendedKeyUsage.clear(); }, {}},
        {"extended-key-usage",
         Kind::IssuingCa,
         [](F& f) { f.extendedKeyUsage.emplace_back(x509::oid::kTimeStamping); },
         {}},
        {"extended-key-usage",
         Kind::Timestamp,
         [](F& f) { f.extendedKeyUsage.emplace_back(x509::oid::kEmailProtection); },
         {}},
        {"extended-key-usage-critical", Kind::Timestamp, [](F& f) { f.extendedKeyUsageCritical = false; }, {}},
        {"extended-key-usage-critical", Kind::Smime, [](F& f) { f.extendedKeyUsageCritical = true; }, {}},
        {"policies", Kind::Smime, [](F& f) { f.policies.clear(); }, {}},
        {"policies", Kind::Smime, [](F& f) { f.policies = {"2.23.140.1.5.1.3"}; }, {}},
        {"policies", Kind::IssuingCa, [](F& f) { f.policies = {"2.5.29.32.0"}; }, {}},
        {"policy-qualifiers", Kind::Smime, [](F& f) { f.cpsUrl = "ftp://example.org/cps"; }, {}},
        {"policy-of-issuer", Kind::Smime, [](F& f) { f.policies = {"1.2.3.4"}; }, {}},
        {"crl-distribution-point", Kind::Smime, [](F& f) { f.crlUrls.clear(); }, {}},
        {"crl-distribution-point",
         Kind::Smime,
         [](F& f) { f.crlUrls = {"https://pki.example.org/crl/smime-1/1.crl"}; },
         {}},
        {"crl-distribution-point", Kind::Smime, [](F& f) { f.crlUrls = {issuerOf(Kind::Smime).crlUrl(2)}; }, {}},
        {"crl-distribution-point", Kind::Smime, [](F& f) { f.crlUrls.emplace_back("http://example.org/2.crl"); }, {}},
        {"authority-info-access", Kind::Smime, [](F& f) { f.caIssuersUrls.clear(); }, {}},
        {"authority-info-access", Kind::Smime, [](F& f) { f.caIssuersUrls = {"https://example.org/i.cer"}; }, {}},
        {"authority-key-id", Kind::Smime, [](F& f) { f.authorityKeyId.clear(); }, {}},
        {"authority-key-id", Kind::Smime, [](F& f) { f.authorityKeyId = Bytes(20, 7); }, {}},
        {"subject-key-id",
         Kind::Smime,
         {},
         [](auto& tbs) { return test::withExtension(tbs, "551d0e", test::extension("551d0e", false, "0402aabb")); }},
        {"subject-key-id", Kind::Root, {}, [](auto& tbs) { return test::withExtension(tbs, "551d0e", {}); }},
    };
    return kRows;
}

TEST_F(CertificateRules, GoodCertificatesPass) {
    for (const Kind kind : {Kind::Smime, Kind::Timestamp, Kind::IssuingCa, Kind::TimestampCa, Kind::Root}) {
        const CertificateFields good = fields(kind);
        EXPECT_EQ(rulesThatFind(kind, must(x509::encodeTbsCertificate(good)), good.signature), std::set<std::string>{});
    }
}

TEST_F(CertificateRules, EveryDefectIsFoundByItsRule) {
    for (const Row& row : rows()) {
        CertificateFields broken = fields(row.kind);
        if (row.change) row.change(broken);
        Bytes tbs = must(x509::encodeTbsCertificate(broken));
        if (row.patch) tbs = row.patch(tbs);
        const auto found = rulesThatFind(row.kind, tbs, broken.signature);
        EXPECT_TRUE(found.contains(row.rule))
            << row.rule << ", but found " << (found.empty() ? "nothing" : *found.begin());
    }
}

TEST_F(CertificateRules, EveryRuleHasADefect) {
    std::set<std::string_view> covered;
    for (const Row& row : rows()) covered.insert(row.rule);
    // What core's parsers refuse before any rule sees it: UnparsableBytesAreRefused, RulesStandOnTheirOwn. The numbers
    // of RSA keys are tested with the key policy, which judges them first.
    covered.insert({"extension-twice", "key-type", "key-algorithm", "rsa-numbers"});
    for (const Rule& rule : certificateRules()) EXPECT_TRUE(covered.contains(rule.id)) << rule.id;
}

TEST_F(CertificateRules, UnparsableBytesAreRefused) {
    const CertificateFields good = fields(Kind::Smime);
    const Bytes tbs = must(x509::encodeTbsCertificate(good));
    const Bytes twice = test::withExtension(tbs, "551d25", [] {  // extKeyUsage, twice
        Bytes one = test::extension("551d25", false, "300a06082b06010505070304");
        const Bytes copy = one;
        one.insert(one.end(), copy.begin(), copy.end());
        return one;
    }());
    const Bytes otherCurve = test::patched(tbs, "06082a8648ce3d030107", "06082a8648ce3d030101");
    for (const Bytes& bad : {twice, otherCurve, Bytes{}, Bytes(40, 0x30), Bytes(tbs.begin(), tbs.end() - 1)}) {
        const auto findings = lintCertificate(bad, good.signature, context(Kind::Smime));
        const bool refused = !findings.has_value() || !judge(*findings).has_value();
        EXPECT_TRUE(refused);
        if (!findings.has_value()) {
            EXPECT_EQ(findings.error().kind, ErrorKind::Lint);
        }
    }
}

// A parser that grew lenient must not take the rule's work away: here the rules see what the parsers would have
// refused.
TEST_F(CertificateRules, RulesStandOnTheirOwn) {
    const CertificateFields good = fields(Kind::Smime);
    const Bytes tbs = must(x509::encodeTbsCertificate(good));
    const auto certificate = must(x509::Certificate::fromDer(must(x509::assemble(tbs, good.signature, Bytes{1}))));
    const auto finds = [&](std::string_view id, const TbsCertificate& parsed) {
        for (const Rule& rule : certificateRules()) {
            if (rule.id == id) return rule.find({certificate, parsed}, context(Kind::Smime)).has_value();
        }
        throw std::logic_error("no such rule");
    };
    TbsCertificate twice = must(TbsCertificate::parse(tbs));
    EXPECT_FALSE(finds("extension-twice", twice));
    twice.extensions.push_back(twice.extensions.front());
    EXPECT_TRUE(finds("extension-twice", twice));

    TbsCertificate otherCurve = must(TbsCertificate::parse(tbs));
    EXPECT_FALSE(finds("key-algorithm", otherCurve));
    const Bytes key = test::patched({otherCurve.publicKey.begin(), otherCurve.publicKey.end()}, "3d030107", "3d030101");
    otherCurve.publicKey = key;
    EXPECT_TRUE(finds("key-algorithm", otherCurve));
}

TEST_F(CertificateRules, AlgorithmOutsideMustBeTheOneInside) {
    const CertificateFields good = fields(Kind::Smime);
    EXPECT_TRUE(rulesThatFind(Kind::Smime, must(x509::encodeTbsCertificate(good)), SignatureAlgorithm::EcdsaSha512)
                    .contains("outer-algorithm"));
}

TEST_F(CertificateRules, AMailboxOutsideAsciiHasItsOwnForm) {  // A51, H5
    CertificateFields utf8 = fields(Kind::Smime);
    const EmailAddress mailbox = must(EmailAddress::parse("jürgen@example.org"));
    utf8.mailbox = mailbox;
    utf8.subject = named("", mailbox.text());
    CertificateContext wanted = context(Kind::Smime);
    wanted.mailbox = mailbox;
    const Bytes tbs = must(x509::encodeTbsCertificate(utf8));
    EXPECT_TRUE(judge(must(lintCertificate(tbs, utf8.signature, wanted))).has_value());
}

TEST(Judge, NamesRuleAndCitation) {
    const auto judged = judge({{"serial", "D25", "the serial number is not positive"}});
    ASSERT_FALSE(judged.has_value());
    EXPECT_EQ(judged.error().kind, ErrorKind::Lint);
    EXPECT_NE(judged.error().detail.find("serial (D25): the serial number is not positive"), std::string::npos);
}

}  // namespace
}  // namespace mailca::ca::lint
