// Every rule of the certificate lints finds the defect it is for, and good certificates of every kind pass.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "ca/ca_certificates.h"
#include "ca/lint/lint.h"
#include "core/x509/builder.h"
#include "tests/ca/lint/certificate_defects.h"
#include "tests/ca/lint/encoding_defects.h"
#include "tests/ca/support.h"

namespace mailca::ca::lint {
namespace {

using crypto::SignatureAlgorithm;
using test::must;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;
using x509::CertificateFields;

EmailAddress alice() {
    return must(EmailAddress::parse("alice@example.org"));
}

class CertificateRules : public ::testing::Test {
 protected:
    static void SetUpTestSuite() { s_disk = std::make_unique<test::AuthorityOnDisk>(); }
    static void TearDownTestSuite() { s_disk.reset(); }

    static const Issuer& issuerOf(Kind kind) {
        if (kind == Kind::Unit) return *s_disk->authority().forHierarchy("timestamp");
        if (kind == Kind::Sm2) return *s_disk->authority().forHierarchy("sm2-smime");
        return kind == Kind::Timestamp ? s_disk->timestamp() : s_disk->smime();
    }

    static CertificateContext context(Kind kind) {
        const Issuer& issuer = issuerOf(kind);
        const std::string hierarchy = kind == Kind::Timestamp || kind == Kind::TimestampCa ? "mailbox-timestamp"
                                      : kind == Kind::Sm2                                  ? "sm2-smime"
                                                                                           : "smime";
        if (kind == Kind::Root) return {CertificateKind::Root, hierarchy, nullptr, std::nullopt, ""};
        if (kind == Kind::Unit) {
            return {CertificateKind::TimestampUnit, "timestamp", &issuer.certificate, std::nullopt, issuer.crlUrl(1)};
        }
        if (kind == Kind::Responder) {
            return {CertificateKind::OcspResponder, hierarchy, &issuer.certificate, std::nullopt, ""};
        }
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
        out.authorityKeyId = issuer.subjectKeyId();
        if (kind == Kind::Responder) {
            out.notAfter = out.notBefore + std::chrono::days{3};
            out.keyUsage = x509::kDigitalSignature;
            out.extendedKeyUsage = {std::string(oid::kOcspSigning)};
            out.ocspNoCheck = true;
            return out;
        }
        out.extendedKeyUsage = {std::string(timestamp ? x509::oid::kTimeStamping : x509::oid::kEmailProtection)};
        out.policies = {timestamp ? "1.3.6.1.4.1.32473.1.2" : "1.3.6.1.4.1.32473.1.1"};
        out.crlUrls = {wanted.crlUrl};
        out.caIssuersUrls = {"http://pki.example.org/issuer/i.cer"};
        if (wanted.kind == CertificateKind::IssuingCa) {
            out.ca = true;
            out.pathLength = 0;
            out.keyUsage = x509::kKeyCertSign | x509::kCrlSign;
            return out;
        }
        if (kind == Kind::Unit) {
            out.policies = {"1.3.6.1.4.1.32473.1.3"};
            out.notAfter = out.notBefore + std::chrono::days{365 * 5};
            out.keyUsage = x509::kDigitalSignature;
            out.extendedKeyUsageCritical = true;
            out.privateKeyUsage = std::pair{out.notBefore, out.notBefore + std::chrono::days{450}};
            return out;
        }
        out.subject = x509::NameParts{"", "", "alice@example.org"};
        out.mailbox = alice();
        out.keyUsage = x509::kDigitalSignature;
        out.extendedKeyUsageCritical = timestamp;
        if (kind != Kind::Sm2) return out;
        out.signature = SignatureAlgorithm::Sm2Sm3;
        out.key = freshKey(crypto::KeyType::Sm2);
        out.keyUsage |= x509::kNonRepudiation;
        out.policies = {"1.3.6.1.4.1.32473.1.4"};
        return out;
    }

    // Rule and text of every finding.
    using Found = std::map<std::string, std::string>;
    static Found found(Kind kind, ByteView tbs, SignatureAlgorithm algorithm) {
        const auto findings = lintCertificate(tbs, algorithm, context(kind));
        if (!findings) return {{"unparsable", findings.error().detail}};
        Found out;
        for (const Finding& finding : *findings) out.emplace(finding.rule, finding.detail);
        return out;
    }

    static Defects defects() {
        Defects out;
        for (const auto& some : {frameDefects(), nameDefects(), keyDefects(), usageDefects(), pointerDefects(),
                                 responderDefects(), unitDefects(), encodingDefects(), weakKeyDefects()}) {
            out.insert(out.end(), some.begin(), some.end());
        }
        return out;
    }

    static std::unique_ptr<test::AuthorityOnDisk> s_disk;
};
std::unique_ptr<test::AuthorityOnDisk> CertificateRules::s_disk;

TEST_F(CertificateRules, GoodCertificatesPass) {
    for (const Kind kind : {Kind::Smime, Kind::Sm2, Kind::Timestamp, Kind::IssuingCa, Kind::TimestampCa, Kind::Root,
                            Kind::Responder, Kind::Unit}) {
        const CertificateFields good = fields(kind);
        EXPECT_EQ(found(kind, must(x509::encodeTbsCertificate(good)), good.signature), Found{});
    }
}

TEST_F(CertificateRules, EveryDefectIsFoundByItsRule) {
    for (const CertificateDefect& defect : defects()) {
        CertificateFields broken = fields(defect.kind);
        if (defect.change) defect.change(broken);
        Bytes tbs = must(x509::encodeTbsCertificate(broken));
        if (defect.patch) tbs = defect.patch(tbs);
        EXPECT_THAT(found(defect.kind, tbs, broken.signature), Contains(Pair(defect.rule, HasSubstr(defect.says))));
    }
}

TEST_F(CertificateRules, EveryRuleHasADefect) {
    std::set<std::string_view> covered;
    const Defects all = defects();
    for (const CertificateDefect& defect : all) covered.insert(defect.rule);
    // What core's parsers refuse before any rule sees it: UnparsableBytesAreRefused, RulesStandOnTheirOwn.
    covered.insert({"extension-twice", "key-algorithm", "serial-encoding", "issuer-is-ca"});
    for (const Rule& rule : certificateRules()) EXPECT_TRUE(covered.contains(rule.id)) << rule.id;
}

TEST_F(CertificateRules, EveryRuleIsInTheDocumentation) {
    const std::string page = test::readFile(std::string(MAILCA_SOURCE_DIR) + "/docs/lint.md");
    const auto stands = [&](std::string_view id, std::string_view citation) {
        return page.find("| `" + std::string(id) + "` | " + std::string(citation) + " |") != std::string::npos;
    };
    for (const Rule& rule : certificateRules()) EXPECT_TRUE(stands(rule.id, rule.citation)) << rule.id;
    for (const CrlRule& rule : crlRules()) EXPECT_TRUE(stands(rule.id, rule.citation)) << rule.id;
    for (const OcspRule& rule : ocspRules()) EXPECT_TRUE(stands(rule.id, rule.citation)) << rule.id;
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

    TbsCertificate longSerial = must(TbsCertificate::parse(tbs));
    EXPECT_FALSE(finds("serial-encoding", longSerial));
    const Bytes serial{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07};
    longSerial.serial = serial;
    EXPECT_TRUE(finds("serial-encoding", longSerial));
}

TEST_F(CertificateRules, WhoIsNoCaIssuesNothing) {
    const CertificateFields good = fields(Kind::Smime);
    const Bytes tbs = must(x509::encodeTbsCertificate(good));
    const auto subscriber = must(x509::Certificate::fromDer(must(x509::assemble(tbs, good.signature, Bytes{1}))));
    CertificateContext wanted = context(Kind::Smime);
    wanted.issuer = &subscriber;
    const auto findings = must(lintCertificate(tbs, good.signature, wanted));
    EXPECT_TRUE(std::ranges::any_of(findings, [](const Finding& one) { return one.rule == "issuer-is-ca"; }));
}

TEST_F(CertificateRules, CapabilitiesMayBeSaid) {  // D23
    CertificateFields good = fields(Kind::Smime);
    good.smimeCapabilities = true;
    EXPECT_EQ(found(Kind::Smime, must(x509::encodeTbsCertificate(good)), good.signature), Found{});
}

TEST_F(CertificateRules, AlgorithmOutsideMustBeTheOneInside) {
    const CertificateFields good = fields(Kind::Smime);
    EXPECT_TRUE(found(Kind::Smime, must(x509::encodeTbsCertificate(good)), SignatureAlgorithm::EcdsaSha512)
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
