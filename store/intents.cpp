#include "store/intents.h"

#include <algorithm>

#include "enroll/ra/types.h"
#include "store/keys.h"
#include "store/rows.h"
#include "store/traces.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

// One intent for each of the order's items, none recorded before.
Result<void> checkItems(Connection& db, std::int64_t order, const ca::IntentsOfOrder& intents) {
    TRY(const bool begun, db.any("SELECT 1 FROM intents WHERE order_nr = ?1", {order}));
    if (begun) return fail(ErrorKind::Conflict, "the order has its intents already");
    TRY(auto ordered, db.all("SELECT profile FROM order_items WHERE order_nr = ?1", {order},
                             [](const Row& row) { return row.text(0); }));
    std::vector<std::string> intended;
    for (const ca::Intent& intent : intents.intents) intended.push_back(intent.profile);
    std::sort(ordered.begin(), ordered.end());
    std::sort(intended.begin(), intended.end());
    if (ordered != intended) return fail(ErrorKind::Conflict, "the intents are not those of the order's items");
    return {};
}

Result<void> checkAuthorization(Connection& db, std::int64_t order, const ca::IntentsOfOrder& intents) {
    static const std::string kFacts =
        "SELECT a.id, s.id, s.status, " + std::string(kValidAtSecond) +
        ", EXISTS (SELECT 1 FROM external_keys e WHERE e.nr = s.external_key AND e.revoked_at IS NOT NULL)"
        " FROM orders o JOIN authorizations a ON a.nr = o.authorization JOIN challenges c ON c.nr = a.nr"
        " JOIN accounts s ON s.nr = o.account WHERE o.nr = ?1";
    struct Facts {
        AuthorizationId authorization;
        AccountId account;
        ra::AccountStatus status;
        bool valid;
        bool externalKeyRevoked;
    };
    TRY(const auto facts, db.first(kFacts, {order, intents.at}, [](const Row& row) {
        return Facts{row.id<AuthorizationId>(0), row.id<AccountId>(1), static_cast<ra::AccountStatus>(row.number(2)),
                     row.integer(3) != 0, row.integer(4) != 0};
    }));
    if (!facts || facts->authorization != intents.authorization || facts->account != intents.account) {
        return fail(ErrorKind::Conflict, "the order has another account or authorization");
    }
    if (facts->status != ra::AccountStatus::Valid)
        return fail(ErrorKind::Unauthorized, "the account is not valid any more");
    if (facts->externalKeyRevoked) {  // B29: whoever gave leave to order has taken it back
        return fail(ErrorKind::Unauthorized, "the external account key that this account was made with was revoked");
    }
    if (!facts->valid) return fail(ErrorKind::Unauthorized, "the authorization is not valid any more: order again");
    return {};
}

Result<void> checkIntent(Connection& db, const ca::Intent& intent) {
    TRY_VOID(refuseForCertificate(db, intent.spkiSha256));
    // Intents see each other by their table's own UNIQUE.
    TRY(const bool used, db.any("SELECT 1 FROM certificates WHERE serial = ?1 AND issuer = ?2"
                                " UNION ALL SELECT 1 FROM service_certificates WHERE serial = ?1 AND issuer = ?2",
                                {intent.serial, intent.issuer}));
    if (used) return fail(ErrorKind::Conflict, "the serial number is in use");
    return {};
}

}  // namespace

Result<void> checkIntents(Connection& db, std::int64_t order, const ca::IntentsOfOrder& intents) {
    TRY_VOID(checkItems(db, order, intents));
    TRY_VOID(checkAuthorization(db, order, intents));
    if (intents.caaGoodUntil < intents.at) {
        return fail(ErrorKind::Caa, "the CAA records were looked up too long ago: finalize again");
    }
    for (const ca::Intent& intent : intents.intents) {
        TRY_VOID(checkIntent(db, intent));
    }
    return {};
}

json::Array listed(const std::vector<RevokedSerial>& serials) {
    json::Array out;
    for (const RevokedSerial& one : serials) {
        out.push_back(json::object({{"issuer", one.issuer}, {"serial", one.serial.hex()}}));
    }
    return out;
}

Result<std::vector<RevokedSerial>> revokeIntents(Connection& db, std::int64_t order, Time at) {
    TRY(auto serials, db.all("SELECT issuer, serial, shard FROM intents WHERE order_nr = ?1 AND revoked_at IS NULL",
                             {order}, [](const Row& row) {
                                 return RevokedSerial{row.text(0), row.serial(1), row.number(2)};
                             }));
    for (const RevokedSerial& one : serials) {
        TRY_VOID(markShard(db, one.issuer, one.shard));
    }
    TRY_VOID(db.run("UPDATE intents SET revoked_at = ?2 WHERE order_nr = ?1 AND revoked_at IS NULL", {order, at}));
    return serials;
}

}  // namespace mailca::store
