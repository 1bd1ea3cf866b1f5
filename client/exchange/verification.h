// Judging a certificate that somebody handed us, before anything is encrypted to it or a signature believed: chain to
// the pinned roots, the mailbox, the usage, the time, and revocation. The exchange's word decides nothing.
#pragma once

#include <vector>

#include "client/exchange/issuers.h"
#include "client/exchange/revocation.h"
#include "core/clock.h"
#include "core/email_address.h"
#include "core/x509/certificate.h"
#include "core/x509/path.h"

namespace mailca::client {

// A certificate that passed; only Verification makes one.
class VerifiedCertificate {
 public:
    const x509::Certificate& certificate() const { return m_certificate; }

 private:
    friend class Verification;
    explicit VerifiedCertificate(x509::Certificate certificate) : m_certificate(std::move(certificate)) {}
    x509::Certificate m_certificate;
};

class Verification {
 public:
    // What is given by reference must outlive it.
    Verification(std::vector<x509::Certificate> roots, Issuers& issuers, Revocation& revocation, const Clock& clock)
        : m_roots(std::move(roots)), m_issuers(issuers), m_revocation(revocation), m_clock(clock) {}

    // Unauthorized, or what the network said, with the reason: unknown revocation is a reason too.
    Result<VerifiedCertificate> verify(const x509::Certificate& certificate, const EmailAddress& mailbox,
                                       x509::Purpose purpose);
    // The same for the past: chain and validity are those at `at`. Revocation is still today's, since an earlier moment
    // is somebody's claim.
    Result<VerifiedCertificate> verifyAt(Time at, const x509::Certificate& certificate, const EmailAddress& mailbox,
                                         x509::Purpose purpose);

 private:
    std::vector<x509::Certificate> m_roots;
    Issuers& m_issuers;
    Revocation& m_revocation;
    const Clock& m_clock;
};

// "encrypt", "sign", "timestamp"; Config error otherwise.
Result<x509::Purpose> purposeOf(std::string_view role);

}  // namespace mailca::client
