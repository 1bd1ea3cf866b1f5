#include "ca/issuance.h"

#include <algorithm>
#include <stdexcept>

#include "ca/lint/lint.h"
#include "ca/profile_reader.h"
#include "ca/signing.h"
#include "core/crypto/hash.h"
#include "core/x509/builder.h"

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
        .signature = issuer.key.defaultAlgorithm(),
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

IntentsOfOrder intentsOf(const std::vector<IssuanceRequest>& requests, const std::vector<LintedTbs>& linted, Time at) {
    const IssuanceRequest& first = requests.front();
    IntentsOfOrder out{first.order, first.mailbox.authorization(), first.mailbox.account(),
                       at,          first.caa.goodUntil(),         {}};
    for (std::size_t i = 0; i < requests.size(); ++i) {
        out.caaGoodUntil = std::min(out.caaGoodUntil, requests[i].caa.goodUntil());
        out.intents.push_back({first.order, requests[i].profile->name, linted[i].issuer().name, linted[i].serial(),
                               crypto::sha256(linted[i].bytes()), requests[i].key.key().spkiSha256()});
    }
    return out;
}

void demandOneOrder(const std::vector<IssuanceRequest>& requests) {
    if (requests.empty()) throw std::logic_error("an issuance without requests");
    const IssuanceRequest& first = requests.front();
    for (const IssuanceRequest& request : requests) {
        const bool one = request.order == first.order && request.mailbox.account() == first.mailbox.account() &&
                         request.mailbox.authorization() == first.mailbox.authorization();
        if (!one) throw std::logic_error("an issuance of more than one order");
    }
}

}  // namespace

Issuance::Issuance(const Authority& authority, Ledger& ledger, const Clock& clock, Random& random)
    : m_authority(authority), m_ledger(ledger), m_clock(clock), m_random(random) {}

// docs/issuance-cycle.md, step 5: build and lint all, record the intents in one transaction, then sign and compare
// each.
Result<std::vector<Issued>> Issuance::issue(const std::vector<IssuanceRequest>& requests) {
    demandOneOrder(requests);
    std::vector<LintedTbs> linted;
    for (const IssuanceRequest& request : requests) {
        TRY(LintedTbs tbs, prepare(request));
        linted.push_back(std::move(tbs));
    }
    TRY_VOID(m_ledger.recordIntents(intentsOf(requests, linted, m_clock.now())));
    std::vector<Issued> issued;
    for (LintedTbs& tbs : linted) {
        TRY(Issued one, sign(std::move(tbs)));
        issued.push_back(std::move(one));
    }
    return issued;
}

Result<LintedTbs> Issuance::prepare(const IssuanceRequest& request) {
    demandAgreement(request);
    TRY_VOID(checkUse(request));
    const Time now = m_clock.now();
    if (now > request.caa.goodUntil()) {
        return fail(ErrorKind::Caa, "the CAA answer for " + request.caa.domain() + " is too old; look it up again");
    }
    const Profile& profile = *request.profile;
    const Issuer* issuer = m_authority.forHierarchy(profile.hierarchy);
    if (issuer == nullptr) {
        return fail(ErrorKind::Config,
                    "no issuing CA for the hierarchy " + profile.hierarchy + "; the ceremony makes one");
    }
    const Serial serial = Serial::random(m_random);
    const x509::CertificateFields fields = fieldsOf(request, *issuer, serial, now);
    TRY(Bytes tbs, x509::encodeTbsCertificate(fields));
    const lint::CertificateContext context{lint::CertificateKind::Subscriber, issuer->hierarchy, &issuer->certificate,
                                           request.mailbox.mailbox(), issuer->crlUrl(issuer->shardOf(serial))};
    TRY(const auto findings, lint::lintCertificate(tbs, fields.signature, context));
    TRY_VOID(lint::judge(findings));
    return LintedTbs(std::move(tbs), serial, issuer, profile.name);
}

Result<Issued> Issuance::sign(LintedTbs tbs) {
    const Issuer& issuer = tbs.issuer();
    TRY(const Bytes der, signTbs(tbs.bytes(), issuer.key));
    TRY(x509::Certificate certificate, compareCertificate(der, tbs.bytes(), issuer.certificate.publicKey()));
    return Issued(std::move(certificate), issuer.name, std::move(tbs.m_profile));
}

}  // namespace mailca::ca
