#include "store/issuance_book.h"

#include "store/audit_trail.h"
#include "store/directory.h"
#include "store/intents.h"
#include "store/keys.h"
#include "store/notice_book.h"
#include "store/packing.h"
#include "store/rows.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

Result<std::int64_t> orderInProgress(Connection& db, const OrderId& id) {
    TRY(const auto nr, db.first("SELECT nr FROM orders WHERE id = ?1 AND state = ?2",
                                {id, codeOf(OrderCode::InProgress)}, [](const Row& row) { return row.integer(0); }));
    if (!nr) return fail(ErrorKind::Conflict, "the order is not in progress");
    return *nr;
}

Result<FinishedOrder> orderToFinish(Connection& db, const ra::IssuedOrder& issued) {
    TRY(const auto order,
        db.first("SELECT o.nr, o.account, a.mailbox FROM orders o JOIN authorizations a ON a.nr = o.authorization"
                 " WHERE o.id = ?1 AND o.state = ?2",
                 {issued.order, codeOf(OrderCode::InProgress)}, [&](const Row& row) {
                     return FinishedOrder{row.integer(0), row.integer(1), row.integer(2), issued.at};
                 }));
    if (!order) return fail(ErrorKind::Conflict, "the order is not in progress");
    return *order;
}

Result<void> endOrder(Connection& db, std::int64_t order, Time at, const Error& error) {
    TRY_VOID(db.run("DELETE FROM requests WHERE order_nr = ?1", {order}));
    return expectOne(
        db.run("UPDATE orders SET state = ?2, state_at = ?3, error_kind = ?4, error_detail = ?5"
               " WHERE nr = ?1 AND state = ?6",
               {order, codeOf(OrderCode::Failed), at, kindText(error), error.detail, codeOf(OrderCode::InProgress)}),
        "the order is not in progress");
}

struct Model {
    std::int64_t nr;
    Bytes der;
};

// The model of the certificate's issuer and profile: this one, when there is none yet.
Result<Model> modelFor(Connection& db, const ra::CertificateRecord& record) {
    TRY(auto known, db.first("SELECT nr, der FROM certificate_models WHERE issuer = ?1 AND profile = ?2",
                             {record.issuer, record.profile}, [](const Row& row) {
                                 return Model{row.integer(0), row.bytes(1)};
                             }));
    if (known) return *std::move(known);
    TRY_VOID(db.run("INSERT INTO certificate_models (issuer, profile, der) VALUES (?1, ?2, ?3)",
                    {record.issuer, record.profile, record.der}));
    return Model{db.lastRow(), record.der};
}

// The certificate's row, in the place of its intent, and the order's item that it fills.
Result<std::int64_t> insertCertificate(Connection& db, std::int64_t order, const ra::CertificateRecord& record,
                                       int shard) {
    TRY_VOID(expectOne(db.run("DELETE FROM intents WHERE order_nr = ?1 AND issuer = ?2 AND serial = ?3 AND profile = ?4"
                              " AND revoked_at IS NULL",
                              {order, record.issuer, record.serial, record.profile}),
                       "a certificate without an intent"));
    TRY(const Model model, modelFor(db, record));
    TRY_VOID(db.run(
        "INSERT INTO certificates (id, order_nr, serial, issuer, shard, model, not_before, not_after, packed_der)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        {record.id, order, record.serial, record.issuer, shard, model.nr, record.notBefore, record.notAfter,
         pack(record.der, model.der)}));
    const std::int64_t certificate = db.lastRow();
    TRY_VOID(rememberKey(db, certificate, record.spkiSha256));
    TRY_VOID(
        expectOne(db.run("UPDATE order_items SET certificate = ?3, profile = NULL WHERE order_nr = ?1 AND position ="
                         " (SELECT min(position) FROM order_items"
                         "  WHERE order_nr = ?1 AND profile = ?2 AND certificate IS NULL)",
                         {order, record.profile, certificate}),
                  "the order has no such item"));
    return certificate;
}

Result<void> finishOrder(Connection& db, std::int64_t order, Time at) {
    TRY(const bool open, db.any("SELECT 1 FROM order_items WHERE order_nr = ?1 AND certificate IS NULL"
                                " UNION ALL SELECT 1 FROM intents WHERE order_nr = ?1",
                                {order}));
    if (open) return fail(ErrorKind::Conflict, "not every item of the order got its certificate");
    TRY_VOID(db.run("DELETE FROM requests WHERE order_nr = ?1", {order}));
    return expectOne(db.run("UPDATE orders SET state = ?2, state_at = ?3 WHERE nr = ?1 AND state = ?4",
                            {order, codeOf(OrderCode::Finished), at, codeOf(OrderCode::InProgress)}),
                     "the order is not in progress");
}

void requireOneStory(const ra::IssuedOrder& issued) {
    for (const ra::IssuedItem& item : issued.items) {
        if (item.record.order != issued.order || item.publication.certificate != item.record.der ||
            item.publication.mailbox != item.record.mailbox) {
            throw std::logic_error("an issued order whose parts speak of different certificates");
        }
    }
}

struct Orphan {
    std::int64_t order;
    OrderId id;
};

}  // namespace

Result<void> IssuanceBook::recordIntents(const ca::IntentsOfOrder& intents) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const std::int64_t order, orderInProgress(db, intents.order));
        TRY_VOID(checkIntents(db, order, intents));
        for (const ca::Intent& intent : intents.intents) {
            TRY_VOID(db.run(
                "INSERT INTO intents (order_nr, profile, issuer, serial, shard, tbs_sha256, spki_sha256, recorded_at)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                {order, intent.profile, intent.issuer, intent.serial, m_shardOf(intent.issuer, intent.serial),
                 intent.tbsSha256, intent.spkiSha256, intents.at}));
        }
        return {};
    });
}

Result<std::vector<OrderId>> IssuanceBook::unfinished() {
    return m_database.read([&](Connection& db) {
        return db.all(
            "SELECT o.id FROM orders o WHERE o.state = ?1"
            " AND NOT EXISTS (SELECT 1 FROM intents i WHERE i.order_nr = o.nr) ORDER BY o.state_at, o.nr",
            {codeOf(OrderCode::InProgress)}, [](const Row& row) { return row.id<OrderId>(0); });
    });
}

// docs/issuance-cycle.md, step 6.
Result<void> IssuanceBook::recordIssued(const ra::IssuedOrder& issued) {
    requireOneStory(issued);
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const FinishedOrder order, orderToFinish(db, issued));
        TRY(const Acquaintance known, acquaintanceOf(db, order));
        const Publishing when = known.held && m_holds ? Publishing::Held : Publishing::Now;
        for (const ra::IssuedItem& item : issued.items) {
            const int shard = m_shardOf(item.record.issuer, item.record.serial);
            TRY(const std::int64_t certificate, insertCertificate(db, order.nr, item.record, shard));
            TRY_VOID(publish(db, item.publication, certificate, issued.at, when));
        }
        TRY_VOID(finishOrder(db, order.nr, issued.at));
        TRY_VOID(oweNotice(db, order, known));
        return recordIssuance(db, issued.at, issued.order);
    });
}

Result<void> IssuanceBook::recordFailure(const ra::OrderFailure& failure) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const std::int64_t order, orderInProgress(db, failure.order));
        TRY_VOID(endOrder(db, order, failure.at, failure.error));
        TRY(const auto serials, revokeIntents(db, order, failure.at));
        return recordAct(db, {failure.at, "mailcad", "order.failed", failure.order,
                              json::object({{"error", failure.error.text()}, {"serialsRevoked", listed(serials)}})});
    });
}

// An intent without a certificate is never signed again: nobody knows whether it was signed, so its serial is taken as
// used and revoked, and the order is lost (design section 4, step 5).
Result<int> IssuanceBook::closeOrphans(Time at) {
    const Error error = fail(ErrorKind::ServerInternal, "the server was interrupted while issuing; order again");
    return m_database.write([&](Connection& db) -> Result<int> {
        TRY(const auto orphans, db.all("SELECT DISTINCT o.nr, o.id FROM intents i JOIN orders o ON o.nr = i.order_nr"
                                       " WHERE i.revoked_at IS NULL",
                                       {}, [](const Row& row) {
                                           return Orphan{row.integer(0), row.id<OrderId>(1)};
                                       }));
        int total = 0;
        for (const Orphan& orphan : orphans) {
            TRY_VOID(endOrder(db, orphan.order, at, error));
            TRY(const auto serials, revokeIntents(db, orphan.order, at));
            TRY_VOID(recordAct(
                db, {at, "mailcad", "order.orphaned", orphan.id, json::object({{"serialsRevoked", listed(serials)}})}));
            total += static_cast<int>(serials.size());
        }
        return total;
    });
}

}  // namespace mailca::store
