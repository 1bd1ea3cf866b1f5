#include "store/service_book.h"

#include "core/crypto/hash.h"
#include "core/x509/certificate.h"
#include "store/rows.h"
#include "store/traces.h"

namespace mailca::store {

using sqlite::Connection;

namespace {

Result<void> recordCertificate(Connection& db, std::string_view act, const ca::ServiceRecord& record) {
    return recordAct(db, {record.at, "mailcad", act, record.serial.hex(),
                          json::object({{"issuer", record.issuer}, {"sha256", toHex(crypto::sha256(record.der))}})});
}

}  // namespace

Result<void> ServiceBook::recordIntent(const ca::ServiceIntent& intent) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const bool used, db.any("SELECT 1 FROM certificates WHERE serial = ?1 AND issuer = ?2"
                                    " UNION ALL SELECT 1 FROM intents WHERE serial = ?1 AND issuer = ?2",
                                    {intent.serial, intent.issuer}));
        if (used) return fail(ErrorKind::Conflict, "the serial number is in use");
        TRY_VOID(
            db.run("INSERT INTO service_certificates (issuer, serial, tbs_sha256, recorded_at) VALUES (?1, ?2, ?3, ?4)",
                   {intent.issuer, intent.serial, intent.tbsSha256, intent.at}));
        return {};
    });
}

Result<void> ServiceBook::recordIssued(const ca::ServiceRecord& record) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY_VOID(expectOne(
            db.run("UPDATE service_certificates SET der = ?3 WHERE issuer = ?1 AND serial = ?2 AND der IS NULL",
                   {record.issuer, record.serial, record.der}),
            "a responder's certificate without an intent"));
        return recordCertificate(db, "responder.issued", record);
    });
}

Result<void> ServiceBook::adopt(const ca::ServiceRecord& record) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const auto revoked,
            db.first("SELECT revoked_at IS NOT NULL FROM service_certificates WHERE serial = ?1 AND issuer = ?2",
                     {record.serial, record.issuer}, [](const sqlite::Row& row) { return row.integer(0) != 0; }));
        TRY(const bool lost,
            db.any("SELECT 1 FROM intents WHERE serial = ?1 AND issuer = ?2 AND revoked_at IS NOT NULL",
                   {record.serial, record.issuer}));  // known from a replayed log only
        if (lost || revoked.value_or(false)) return fail(ErrorKind::AlreadyRevoked, "the certificate is revoked");
        if (revoked) return {};
        const auto certificate = x509::Certificate::fromDer(record.der);
        if (!certificate) return certificate.error();
        TRY_VOID(
            db.run("INSERT INTO service_certificates (issuer, serial, tbs_sha256, recorded_at, der)"
                   " VALUES (?1, ?2, ?3, ?4, ?5)",
                   {record.issuer, record.serial, crypto::sha256(certificate->tbs()), record.at, record.der}));
        return recordCertificate(db, "certificate.adopted", record);
    });
}

Result<bool> ServiceBook::isRevoked(const std::string& issuer, const Serial& serial) {
    return m_database.read([&](Connection& db) {
        return db.any("SELECT 1 FROM service_certificates WHERE serial = ?1 AND issuer = ?2 AND revoked_at IS NOT NULL",
                      {serial, issuer});
    });
}

}  // namespace mailca::store
