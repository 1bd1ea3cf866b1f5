#include "ca/subscriber_certificate.h"

#include <stdexcept>

namespace mailca::ca {
namespace {

constexpr std::size_t kMaxCommonName = 64;  // D4: longer ones are left out

// The proofs must speak of one mailbox, one key and one domain; otherwise the caller mixed two orders up.
void demandAgreement(const IssuanceRequest& request) {
    const EmailAddress& mailbox = request.mailbox.mailbox();
    const bool agree = request.profile != nullptr && request.request.mailbox() == mailbox &&
                       request.caa.domain() == mailbox.domain() &&
                       request.request.request().publicKey() == request.key.key();
    if (!agree) throw std::logic_error("an issuance request is made of proofs about different things");
}

Result<void> checkUse(const IssuanceRequest& request) {
    const Profile& profile = *request.profile;
    const bool narrowed = profile.narrowable && (request.use == Use::Sign || request.use == Use::Encrypt);
    if (request.use == profile.use || narrowed) return {};
    return fail(ErrorKind::BadCsr,
                "the profile " + profile.name + " gives no certificate to " + std::string(nameOf(request.use)));
}

// Everything comes from the profile and the proofs. Of the CSR only the key is taken (A55).
x509::CertificateFields fieldsOf(const IssuanceRequest& request, const Issuer& issuer, const Serial& serial, Time now) {
    const Profile& profile = *request.profile;
    const EmailAddress& mailbox = request.mailbox.mailbox();
    x509::NameParts subject;
    if (mailbox.text().size() <= kMaxCommonName) subject.commonName = mailbox.text();
    const Time notBefore = now - profile.backdate;
    return {
        .serial = serial,
        .signature = issuer.algorithm(),
        .issuer = issuer.certificate.subjectDer(),
        .subject = subject,
        .notBefore = notBefore,
        .notAfter = notBefore + profile.validity - seconds{1},  // inclusive (D24)
        .key = request.key.key(),
        .mailbox = mailbox,
        .ca = false,
        .pathLength = std::nullopt,
        .keyUsage = keyUsageFor(request.use, request.key.key().type()),
        .extendedKeyUsage = profile.extendedKeyUsage,
        .extendedKeyUsageCritical = request.use == Use::Timestamp,  // E1
        .policies = profile.policies,
        .cpsUrl = "",
        .crlUrls = {issuer.crlUrl(issuer.shardOf(serial))},
        .caIssuersUrls = {issuer.certificateUrl()},
        .ocspUrls = profile.ocsp ? std::vector{issuer.ocspUrl()} : std::vector<std::string>{},
        .authorityKeyId = issuer.certificate.subjectKeyId(),
        .smimeCapabilities = request.use == Use::Sign ? std::vector<std::string>{} : profile.smimeCapabilities,
    };
}

}  // namespace

Result<LintedTbs> prepareCertificate(const IssuanceRequest& request, const Issuer& issuer, Time now, Random& random) {
    demandAgreement(request);
    TRY_VOID(checkUse(request));
    if (now > request.caa.goodUntil()) {
        return fail(ErrorKind::Caa, "the CAA answer for " + request.caa.domain() + " is too old; look it up again");
    }
    const Serial serial = Serial::random(random);
    return LintedTbs::build(fieldsOf(request, issuer, serial, now),
                            {lint::CertificateKind::Subscriber, issuer.hierarchy, &issuer.certificate,
                             request.mailbox.mailbox(), issuer.crlUrl(issuer.shardOf(serial))});
}

}  // namespace mailca::ca
