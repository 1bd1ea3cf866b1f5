#include "store/certificate_book.h"

#include <array>

#include "core/x509/certificate.h"
#include "store/directory.h"
#include "store/packing.h"
#include "store/rows.h"
#include "store/traces.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

struct CertificateRow {
    std::int64_t nr;
    std::string issuer;
    Bytes serial;
    int shard;
    Bytes der;
    bool revoked;
};

Result<CertificateRow> liveCertificate(Connection& db, const CertificateId& id) {
    TRY(auto found,
        db.first("SELECT k.nr, k.issuer, k.serial, k.shard, k.packed_der, m.der, k.revoked_at IS NOT NULL"
                 " FROM certificates k JOIN certificate_models m ON m.nr = k.model WHERE k.id = ?1",
                 {id}, [](const Row& row) {
                     return CertificateRow{
                         row.integer(0),     row.text(1), row.bytes(2), row.number(3), unpack(row.view(4), row.view(5)),
                         row.integer(6) != 0};
                 }));
    if (!found) return fail(ErrorKind::NotFound, "there is no such certificate");
    if (found->revoked) return fail(ErrorKind::AlreadyRevoked, "the certificate is revoked already");
    return *std::move(found);
}

std::string_view nameOf(ra::RevokedBy by) {
    static constexpr std::array<std::string_view, 4> kNames{"account", "authorized account", "certificate key",
                                                            "operator"};
    return kNames.at(static_cast<std::size_t>(by));
}

// Everything that store/replay.cpp needs to do it again.
Result<void> recordRevocation(Connection& db, const ra::Revocation& revocation, const CertificateRow& row) {
    json::Value detail = json::object({{"issuer", row.issuer}, {"serial", toHex(row.serial)}});
    if (revocation.reason) detail.set("reason", *revocation.reason);
    if (revocation.blockKey) {
        TRY(const Bytes spkiSha256, x509::spkiSha256Of(row.der));
        detail.set("keyBlocked", toHex(spkiSha256));
    }
    return recordAct(db, {revocation.at, std::string(nameOf(revocation.by)), "certificate.revoked",
                          revocation.certificate, std::move(detail)});
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
    if (revocation.reason == 0) throw std::logic_error("reason 0 is written by leaving it out (D50)");
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const CertificateRow row, liveCertificate(db, revocation.certificate));
        TRY_VOID(expectOne(
            db.run("UPDATE certificates SET revoked_at = ?2, reason = ?3 WHERE nr = ?1 AND revoked_at IS NULL",
                   {row.nr, revocation.at, revocation.reason}),
            "the certificate is revoked already"));
        TRY_VOID(withdraw(db, row.nr, revocation.at));
        TRY_VOID(markShard(db, row.issuer, row.shard));
        if (revocation.blockKey) {
            TRY(const Bytes spkiSha256, x509::spkiSha256Of(row.der));
            TRY_VOID(
                db.run("INSERT INTO blocked_keys (spki_sha256, at, certificate) VALUES (?1, ?2, ?3)"
                       " ON CONFLICT (spki_sha256) DO NOTHING",
                       {spkiSha256, revocation.at, row.nr}));
        }
        return recordRevocation(db, revocation, row);
    });
}

}  // namespace mailca::store
