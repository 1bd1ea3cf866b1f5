#include "store/crl_book.h"

#include "core/crypto/hash.h"
#include "store/rows.h"
#include "store/traces.h"

namespace mailca::store {
namespace {

using repository::ShardState;
using repository::StoredCrl;
using sqlite::Connection;
using sqlite::Row;

struct LatestCrl {
    StoredCrl crl;
    std::uint64_t revision;  // of the shard when it was made
};

Result<std::optional<LatestCrl>> readLatest(Connection& db, const std::string& issuer, int shard) {
    return db.first("SELECT number, this_update, next_update, der, revision FROM crls WHERE issuer = ?1 AND shard = ?2",
                    {issuer, shard}, [&](const Row& row) {
                        return LatestCrl{{issuer, shard, static_cast<std::uint64_t>(row.integer(0)), row.time(1),
                                          row.time(2), row.bytes(3)},
                                         static_cast<std::uint64_t>(row.integer(4))};
                    });
}

// F6: a revoked certificate drops out once a CRL made after both its expiry and its revocation has listed it. Serials
// of intents that came to nothing have no known expiry and stay.
Result<std::vector<x509::RevokedEntry>> readRevoked(Connection& db, const std::string& issuer, int shard, Time at,
                                                    std::optional<Time> latest) {
    return db.all(
        "SELECT serial, revoked_at, reason FROM (SELECT serial, revoked_at, reason FROM certificates"
        " WHERE issuer = ?1 AND shard = ?2 AND revoked_at IS NOT NULL"
        " AND (not_after >= ?3 OR ?4 IS NULL OR max(not_after, revoked_at) >= ?4)"
        " UNION ALL SELECT serial, revoked_at, reason FROM intents"
        " WHERE issuer = ?1 AND shard = ?2 AND revoked_at IS NOT NULL)"
        " ORDER BY length(serial), serial",
        {issuer, shard, at, latest}, [](const Row& row) {
            return x509::RevokedEntry{row.serial(0), row.time(1), row.optionalNumber(2)};
        });
}

}  // namespace

Result<std::optional<StoredCrl>> CrlBook::latest(const std::string& issuer, int shard) {
    TRY(auto found, m_database.read([&](Connection& db) { return readLatest(db, issuer, shard); }));
    if (!found) return std::optional<StoredCrl>();
    return std::optional(std::move(found->crl));
}

Result<ShardState> CrlBook::shard(const std::string& issuer, int shard, Time at) {
    return m_database.read([&](Connection& db) -> Result<ShardState> {
        ShardState state;
        TRY(auto found, readLatest(db, issuer, shard));
        TRY(const auto revision, db.first("SELECT revision FROM crl_shards WHERE issuer = ?1 AND shard = ?2",
                                          {issuer, shard}, [](const Row& row) { return row.integer(0); }));
        state.revision = static_cast<std::uint64_t>(revision.value_or(0));
        TRY(state.revoked,
            readRevoked(db, issuer, shard, at, found ? std::optional(found->crl.thisUpdate) : std::nullopt));
        if (found) {
            state.changedSinceLatest = state.revision != found->revision;
            state.latest = std::move(found->crl);
        }
        return state;
    });
}

// F3, F10: the number only ever rises, whatever the clock does.
Result<void> CrlBook::store(const StoredCrl& crl, std::uint64_t revision) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY_VOID(expectOne(
            db.run("INSERT INTO crls (issuer, shard, number, this_update, next_update, revision, der)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                   " ON CONFLICT (issuer, shard) DO UPDATE SET number = ?3, this_update = ?4, next_update = ?5,"
                   " revision = ?6, der = ?7 WHERE excluded.number > crls.number",
                   {crl.issuer, crl.shard, crl.number, crl.thisUpdate, crl.nextUpdate, revision, crl.der}),
            "a CRL with this number or a higher one is stored already"));
        return recordAct(db, {crl.thisUpdate, "mailcad", "crl.signed", crl.issuer + "/" + std::to_string(crl.shard),
                              json::object({{"issuer", crl.issuer},
                                            {"shard", crl.shard},
                                            {"number", static_cast<std::int64_t>(crl.number)},
                                            {"nextUpdate", toRfc3339(crl.nextUpdate)},
                                            {"sha256", toHex(crypto::sha256(crl.der))}})});
    });
}

}  // namespace mailca::store
