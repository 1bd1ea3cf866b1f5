#include "store/certificate_book.h"

#include <array>

#include "core/x509/certificate.h"
#include "store/revoking.h"
#include "store/rows.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

std::string_view nameOf(ra::RevokedBy by) {
    static constexpr std::array<std::string_view, 3> kNames{"account", "authorized account", "certificate key"};
    return kNames.at(static_cast<std::size_t>(by));
}

}  // namespace

Result<ra::CertificateRecord> CertificateBook::find(const CertificateId& id) {
    TRY(auto found, m_database.read([&](Connection& db) { return readCertificates(db, "WHERE k.id = ?1", {id}); }));
    if (found.empty()) return fail(ErrorKind::NotFound, "there is no such certificate");
    return std::move(found.front());
}

// By its serial, so that no index of digests is needed.
Result<std::optional<ra::CertificateRecord>> CertificateBook::findByDer(const Bytes& der) {
    using Found = std::optional<ra::CertificateRecord>;
    const auto certificate = x509::Certificate::fromDer(der);
    if (!certificate) return Found();
    TRY(auto candidates, findBySerial(certificate->serial()));
    for (ra::CertificateRecord& candidate : candidates) {
        if (candidate.der == der) return Found(std::move(candidate));
    }
    return Found();
}

Result<std::vector<ra::CertificateRecord>> CertificateBook::findBySerial(const Serial& serial) {
    return m_database.read([&](Connection& db) { return readCertificates(db, "WHERE k.serial = ?1", {serial}); });
}

Result<std::vector<ra::CertificateRecord>> CertificateBook::findByMailbox(const EmailAddress& mailbox) {
    return m_database.read([&](Connection& db) {
        return readCertificates(db,
                                "WHERE k.nr IN (SELECT e.certificate FROM exchange_entries e"
                                " JOIN mailboxes m ON m.nr = e.mailbox WHERE m.address = ?1)"
                                " ORDER BY k.not_before DESC, k.nr DESC",
                                {mailbox.text()});
    });
}

Result<std::vector<ra::CertificateRecord>> CertificateBook::findSet(const std::string& issuer, const Serial& serial) {
    return m_database.read([&](Connection& db) {
        return readCertificates(db,
                                "WHERE k.nr IN (SELECT i.certificate FROM order_items i JOIN certificates n"
                                " ON n.order_nr = i.order_nr WHERE n.serial = ?1 AND n.issuer = ?2) ORDER BY k.nr",
                                {serial, issuer});
    });
}

Result<bool> CertificateBook::holdsAuthorization(const AccountId& account, const EmailAddress& mailbox, Time at) {
    static const std::string kHeld =
        "SELECT 1 FROM authorizations a JOIN challenges c ON c.nr = a.nr JOIN accounts s ON s.nr = a.account"
        " JOIN mailboxes b ON b.nr = a.mailbox WHERE b.address = ?3 AND s.id = ?1 AND s.status = ?4 AND " +
        std::string(kValidAtSecond);
    return m_database.read([&](Connection& db) {
        return db.any(kHeld, {account, at, mailbox.text(), static_cast<int>(ra::AccountStatus::Valid)});
    });
}

Result<void> CertificateBook::revoke(const ra::Revocation& revocation) {
    const Ending ending{revocation.at, revocation.reason, nameOf(revocation.by), revocation.blockKey};
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const auto nr, db.first("SELECT nr FROM certificates WHERE id = ?1", {revocation.certificate},
                                    [](const Row& row) { return row.integer(0); }));
        if (!nr) return fail(ErrorKind::NotFound, "there is no such certificate");
        TRY(const bool done, endCertificate(db, *nr, ending));
        if (!done) return fail(ErrorKind::AlreadyRevoked, "the certificate is revoked already");
        return {};
    });
}

}  // namespace mailca::store
