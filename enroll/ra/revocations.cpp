#include <algorithm>
#include <array>

#include "core/x509/revocation_reason.h"
#include "enroll/ra/decide.h"
#include "enroll/ra/incidents.h"
#include "enroll/ra/service.h"

namespace mailca::ra {
namespace {

constexpr int kCessationOfOperation = 5;
constexpr std::array<int, 5> kReasons{1, 3, 4, 5, 9};  // B47; 0 is left out (D50)

Error notOurs() {
    return fail(ErrorKind::NotFound, "this CA did not issue that certificate");
}

}  // namespace

Result<std::optional<int>> checkReason(std::optional<int> reason) {
    if (!reason || *reason == 0) return std::optional<int>{};
    if (std::ranges::count(kReasons, *reason) != 0) return reason;
    return fail(ErrorKind::BadRevocationReason, "allowed reasons are 0, 1, 3, 4, 5 and 9");
}

Revocations::Revocations(CertificateBook& certificates, const Clock& clock)
    : m_certificates(certificates), m_clock(clock) {}

Result<RevokedBy> Revocations::authorize(const Requester& requester, const CertificateRecord& certificate, Time now) {
    if (const auto* key = std::get_if<crypto::PublicKey>(&requester)) {
        if (key->spkiSha256() == certificate.spkiSha256) return RevokedBy::CertificateKey;
        return fail(ErrorKind::Unauthorized, "the request is not signed with the certificate's own key");
    }
    const Account& account = std::get<Account>(requester);
    if (account.id == certificate.account) return RevokedBy::Account;
    TRY(const bool holds, m_certificates.holdsAuthorization(account.id, certificate.mailbox, now));
    if (holds) return RevokedBy::AuthorizedAccount;
    return fail(ErrorKind::Unauthorized,
                "this account neither ordered the certificate nor has it proved its mailbox; "
                "order the mailbox and prove it, then revoke");
}

Result<std::vector<CertificateRecord>> Revocations::list(const Account& account, const EmailAddress& mailbox) {
    TRY(const bool holds, m_certificates.holdsAuthorization(account.id, mailbox, m_clock.now()));
    if (holds) return m_certificates.findByMailbox(mailbox);
    return fail(ErrorKind::Unauthorized,
                "this account holds no valid authorization for the mailbox; order it and prove it, then ask again");
}

// docs/issuance-cycle.md, step 7.
Result<void> Revocations::revoke(const Requester& requester, const Bytes& certificateDer, std::optional<int> reason) {
    return decide([&]() -> Result<void> {
        const Time now = m_clock.now();
        TRY(const auto certificate, m_certificates.findByDer(certificateDer));
        if (!certificate) return notOurs();
        TRY(const RevokedBy by, authorize(requester, *certificate, now));
        if (std::holds_alternative<Revoked>(certificate->state)) {
            return fail(ErrorKind::AlreadyRevoked, "the certificate was revoked before");
        }
        TRY(std::optional<int> recorded, checkReason(reason));
        // B47: the new holder of a mailbox can say no more than that the old one's certificate is out of use.
        if (by == RevokedBy::AuthorizedAccount) recorded = kCessationOfOperation;
        const bool block = by == RevokedBy::CertificateKey && recorded == x509::kKeyCompromise;
        return m_certificates.revoke({certificate->id, recorded, now, by, block});
    });
}

}  // namespace mailca::ra
