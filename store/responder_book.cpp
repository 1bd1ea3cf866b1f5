#include "store/responder_book.h"

#include "store/rows.h"
#include "store/traces.h"

namespace mailca::store {

using sqlite::Connection;

Result<void> ResponderBook::recordIntent(const ca::ResponderIntent& intent) {
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

Result<void> ResponderBook::recordResponder(const ca::ResponderRecord& record) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY_VOID(expectOne(
            db.run("UPDATE service_certificates SET der = ?3 WHERE issuer = ?1 AND serial = ?2 AND der IS NULL",
                   {record.issuer, record.serial, record.der}),
            "a responder's certificate without an intent"));
        return recordAct(db, {record.at, "mailcad", "responder.issued", record.serial.hex(),
                              json::object({{"issuer", record.issuer}})});
    });
}

}  // namespace mailca::store
