#include "client/exchange/verification.h"

#include <algorithm>

namespace mailca::client {
namespace {

Error refused(const std::string& why) {
    return fail(ErrorKind::Unauthorized, why);
}

Result<void> checkMailbox(const x509::Certificate& certificate, const EmailAddress& mailbox) {
    const bool named = std::ranges::any_of(certificate.emails(), [&](const std::string& text) {
        const auto name = EmailAddress::parse(text);
        return name && *name == mailbox;
    });
    if (!named) return refused("it does not name " + mailbox.text());
    return {};
}

Result<void> checkTime(const x509::Certificate& certificate, Time now) {
    if (now < certificate.notBefore()) return refused("it is not valid before " + toRfc3339(certificate.notBefore()));
    if (now > certificate.notAfter()) return refused("it has expired on " + toRfc3339(certificate.notAfter()));
    return {};
}

// Path validation lets an absent usage pass (RFC 5280); nobody's mail is worth that doubt.
Result<void> checkUsage(const x509::Certificate& certificate, x509::Purpose purpose) {
    if (certificate.isCa()) return refused("it is a CA's certificate");
    const unsigned bits = certificate.keyUsage().value_or(0);
    const unsigned wanted = purpose == x509::Purpose::SmimeEncrypt ? x509::kKeyEncipherment | x509::kKeyAgreement
                                                                   : x509::kDigitalSignature | x509::kNonRepudiation;
    if ((bits & wanted) == 0) return refused("its key usage does not allow this");
    const std::string_view usage =
        purpose == x509::Purpose::Timestamp ? x509::oid::kTimeStamping : x509::oid::kEmailProtection;
    const std::vector<std::string> usages = certificate.extendedKeyUsage();
    if (std::ranges::find(usages, usage) == usages.end()) return refused("its extended key usage does not allow this");
    return {};
}

}  // namespace

Result<x509::Purpose> purposeOf(std::string_view role) {
    if (role == "encrypt") return x509::Purpose::SmimeEncrypt;
    if (role == "sign") return x509::Purpose::SmimeSign;
    if (role == "timestamp") return x509::Purpose::Timestamp;
    return fail(ErrorKind::Config, "\"" + std::string(role) + "\" is no role: encrypt, sign, timestamp");
}

Result<VerifiedCertificate> Verification::verify(const x509::Certificate& certificate, const EmailAddress& mailbox,
                                                 x509::Purpose purpose) {
    return verifyAt(m_clock.now(), certificate, mailbox, purpose);
}

Result<VerifiedCertificate> Verification::verifyAt(Time at, const x509::Certificate& certificate,
                                                   const EmailAddress& mailbox, x509::Purpose purpose) {
    TRY_VOID(checkMailbox(certificate, mailbox));
    TRY_VOID(checkTime(certificate, at));
    TRY_VOID(checkUsage(certificate, purpose));
    TRY(const std::vector<x509::Certificate> intermediates, m_issuers.above(certificate, m_roots));
    TRY(const std::vector<x509::Certificate> path, x509::verifyPath(certificate, intermediates, m_roots, at, purpose));
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        TRY_VOID(m_revocation.check(path[i], path[i + 1]));
    }
    return VerifiedCertificate(certificate);
}

}  // namespace mailca::client
