#include "ca/ca_certificates.h"

#include <algorithm>

#include "ca/crl.h"
#include "ca/hierarchy.h"
#include "ca/lint/lint.h"
#include "ca/months.h"
#include "ca/signing.h"

namespace mailca::ca {
namespace {

using std::chrono::days;
using std::chrono::years;

constexpr years kRootYears{20};
constexpr years kIssuingYears{8};
constexpr years kTimestampIssuingYears{6};  // E4: a timestamping CA that lives longer than 72 months must be offline
constexpr std::chrono::months kUnitKeyMonths{15};
constexpr days kRootCrlDays{365};  // D47: at most 12 months
constexpr auto kBackdate = std::chrono::hours{1};

std::pair<Time, Time> lifeOf(years length, Time now) {
    const Time start = now - kBackdate;
    const auto day = std::chrono::floor<days>(start);
    const auto end = std::chrono::year_month_day{day} + length;
    return {start, std::chrono::sys_days{end} + (start - day) - seconds{1}};
}

Result<x509::Certificate> lintAndSign(const x509::CertificateFields& fields, const lint::CertificateContext& context,
                                      const crypto::PrivateKey& issuerKey) {
    TRY(LintedTbs tbs, LintedTbs::build(fields, context));
    return signCertificate(std::move(tbs), issuerKey);
}

x509::CertificateFields caFields(const CaDescription& ca, const crypto::PublicKey& key, x509::Name issuer,
                                 std::pair<Time, Time> life, crypto::SignatureAlgorithm signature, Random& random) {
    return {
        .serial = Serial::random(random),
        .signature = signature,
        .issuer = std::move(issuer),
        .subject = ca.subject,
        .notBefore = life.first,
        .notAfter = life.second,
        .key = key,
        .mailbox = std::nullopt,
        .ca = true,
        .pathLength = std::nullopt,
        .keyUsage = x509::kKeyCertSign | x509::kCrlSign,
        .extendedKeyUsage = {},
        .extendedKeyUsageCritical = false,
        .policies = {},
        .cpsUrl = "",
        .crlUrls = {},
        .caIssuersUrls = {},
        .ocspUrls = {},
        .authorityKeyId = {},
    };
}

}  // namespace

std::pair<Time, Time> rootLife(Time now) {
    return lifeOf(kRootYears, now);
}

std::pair<Time, Time> issuingLife(std::string_view hierarchy, Time now) {
    return lifeOf(hierarchyNamed(hierarchy).isTimestamp() ? kTimestampIssuingYears : kIssuingYears, now);
}

Result<x509::Certificate> signCertificate(LintedTbs tbs, const crypto::PrivateKey& issuerKey) {
    TRY(const Bytes der, std::move(tbs).sign(issuerKey));
    return x509::Certificate::fromDer(der);
}

Time rootCrlEnd(Time now) {
    return now + kRootCrlDays;
}

Result<x509::Certificate> signRoot(const CaDescription& ca, const crypto::PrivateKey& key, Time now, Random& random) {
    const auto fields = caFields(ca, key.publicKey(), ca.subject, rootLife(now), key.defaultAlgorithm(), random);
    return lintAndSign(fields, {lint::CertificateKind::Root, ca.hierarchy, nullptr, std::nullopt, ""}, key);
}

Result<LintedTbs> prepareIssuingCa(const CaDescription& ca, const crypto::PublicKey& key, const x509::Certificate& root,
                                   Time now, Random& random) {
    auto fields = caFields(ca, key, root.subjectDer(), issuingLife(ca.hierarchy, now),
                           root.publicKey().defaultAlgorithm(), random);
    fields.pathLength = 0;
    const auto usages = hierarchyNamed(ca.hierarchy).usages;
    fields.extendedKeyUsage.assign(usages.begin(), usages.end());  // D29
    fields.policies = {ca.policy};
    fields.crlUrls = {ca.crlUrl};
    fields.caIssuersUrls = {ca.rootUrl};
    fields.authorityKeyId = root.subjectKeyId();
    return LintedTbs::build(fields, {lint::CertificateKind::IssuingCa, ca.hierarchy, &root, std::nullopt, ca.crlUrl});
}

Time unitKeyEnd(Time notBefore) {
    return monthsLater(notBefore, kUnitKeyMonths);
}

Result<x509::Certificate> signTimestampUnit(const UnitDescription& unit, const crypto::PublicKey& key,
                                            const x509::Certificate& issuer, const crypto::PrivateKey& issuerKey,
                                            Time now) {
    const Time start = std::max(now - kBackdate, issuer.notBefore());
    const x509::CertificateFields fields{
        .serial = unit.serial,
        .signature = issuerKey.defaultAlgorithm(),
        .issuer = issuer.subjectDer(),
        .subject = unit.subject,
        .notBefore = start,
        .notAfter = issuer.notAfter(),
        .key = key,
        .keyUsage = x509::kDigitalSignature,
        .extendedKeyUsage = {std::string(x509::oid::kTimeStamping)},
        .extendedKeyUsageCritical = true,  // E1
        .policies = {unit.policy},
        .crlUrls = {unit.crlUrl},
        .caIssuersUrls = {unit.issuerUrl},
        .ocspUrls = {unit.ocspUrl},
        .authorityKeyId = issuer.subjectKeyId(),
        .privateKeyUsage = std::pair{start, unitKeyEnd(start)},
    };
    return lintAndSign(
        fields, {lint::CertificateKind::TimestampUnit, unit.hierarchy, &issuer, std::nullopt, unit.crlUrl}, issuerKey);
}

Result<Bytes> signRootCrl(const x509::Certificate& root, const crypto::PrivateKey& rootKey,
                          const RootCrlContent& content) {
    return signCrl(
        x509::CrlFields{
            .signature = rootKey.defaultAlgorithm(),
            .issuerDer = root.subjectDer(),
            .thisUpdate = content.thisUpdate,
            .nextUpdate = rootCrlEnd(content.thisUpdate),
            .revoked = content.revoked,
            .number = content.number,
            .authorityKeyId = root.subjectKeyId(),
        },
        root, rootKey);
}

}  // namespace mailca::ca
