#include "store/crl_book.h"

#include "core/crypto/hash.h"
#include "store/rows.h"
#include "store/traces.h"

namespace mailca::store {
namespace {

using repository::CrlFacts;
using repository::CrlScope;
using sqlite::Connection;
using sqlite::Row;

constexpr int kComplete = -1;  // in the place of a shard's number

int shardColumn(const CrlScope& scope) {
    return scope.shard.value_or(kComplete);
}

CrlFacts factsOf(const Row& row) {
    return {static_cast<std::uint64_t>(row.integer(0)), row.time(1), row.time(2)};
}

// Of a shard, or of all of them together: either way it rises with every revocation.
Result<std::uint64_t> readRevision(Connection& db, const CrlScope& scope) {
    TRY(const auto sum, db.first("SELECT coalesce(sum(revision), 0) FROM crl_shards"
                                 " WHERE issuer = ?1 AND (?2 IS NULL OR shard = ?2)",
                                 {scope.issuer, scope.shard}, [](const Row& row) { return row.integer(0); }));
    return static_cast<std::uint64_t>(sum.value_or(0));
}

// F6: a revoked certificate drops out once a CRL made after both its expiry and its revocation has listed it. Serials
// of intents that came to nothing have no known expiry and stay. In the order of the indexes: nothing is sorted but for
// the complete CRL.
std::string entriesOf(const CrlScope& scope) {
    const auto from = [&](const std::string& table, const std::string& still) {
        return "SELECT length(serial), serial, revoked_at, reason FROM " + table + " WHERE issuer = ?1" +
               (scope.shard ? " AND shard = ?2" : " AND ?2 IS NULL") + " AND revoked_at IS NOT NULL" + still;
    };
    const std::string still = " AND (not_after >= ?3 OR ?4 IS NULL OR max(not_after, revoked_at) >= ?4)";
    return from("certificates", still) + " UNION ALL " + from("service_certificates", still) + " UNION ALL " +
           from("intents", "") + " ORDER BY 1, 2";
}

}  // namespace

Result<repository::CrlState> CrlBook::state(const CrlScope& scope) {
    return m_database.read([&](Connection& db) -> Result<repository::CrlState> {
        struct Found {
            CrlFacts facts;
            std::uint64_t revision;
        };
        TRY(const auto found,
            db.first("SELECT number, this_update, next_update, revision FROM crls WHERE issuer = ?1 AND shard = ?2",
                     {scope.issuer, shardColumn(scope)}, [](const Row& row) {
                         return Found{factsOf(row), static_cast<std::uint64_t>(row.integer(3))};
                     }));
        if (!found) return repository::CrlState{};
        TRY(const std::uint64_t revision, readRevision(db, scope));
        return repository::CrlState{found->facts, found->revision != revision};
    });
}

Result<repository::RevokedCertificates> CrlBook::revoked(const CrlScope& scope, Time at) {
    const std::string entries = entriesOf(scope);
    return m_database.read([&](Connection& db) -> Result<repository::RevokedCertificates> {
        repository::RevokedCertificates out;
        TRY(out.revision, readRevision(db, scope));
        TRY(const auto latest,
            db.first("SELECT this_update FROM crls WHERE issuer = ?1 AND shard = ?2",
                     {scope.issuer, shardColumn(scope)}, [](const Row& row) { return row.time(0); }));
        TRY(out.entries, db.all(entries, {scope.issuer, scope.shard, at, latest}, [](const Row& row) {
            return x509::RevokedEntry{row.serial(1), row.time(2), row.optionalNumber(3)};
        }));
        return out;
    });
}

Result<std::optional<repository::CrlBook::Signed>> CrlBook::latest(const CrlScope& scope) {
    return m_database.read([&](Connection& db) {
        return db.first("SELECT number, this_update, next_update, der FROM crls WHERE issuer = ?1 AND shard = ?2",
                        {scope.issuer, shardColumn(scope)}, [](const Row& row) {
                            return Signed{factsOf(row), row.bytes(3)};
                        });
    });
}

// F3, F10: the number only ever rises, whatever the clock does.
Result<void> CrlBook::store(const CrlScope& scope, const Signed& crl, std::uint64_t revision) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY_VOID(expectOne(
            db.run("INSERT INTO crls (issuer, shard, number, this_update, next_update, revision, der)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                   " ON CONFLICT (issuer, shard) DO UPDATE SET number = ?3, this_update = ?4, next_update = ?5,"
                   " revision = ?6, der = ?7 WHERE excluded.number > crls.number",
                   {scope.issuer, shardColumn(scope), crl.facts.number, crl.facts.thisUpdate, crl.facts.nextUpdate,
                    revision, crl.der}),
            "a CRL with this number or a higher one is stored already"));
        const std::string name = scope.shard ? std::to_string(*scope.shard) : "complete";
        return recordAct(db, {crl.facts.thisUpdate, "mailcad", "crl.signed", scope.issuer + "/" + name,
                              json::object({{"issuer", scope.issuer},
                                            {"shard", shardColumn(scope)},
                                            {"number", static_cast<std::int64_t>(crl.facts.number)},
                                            {"nextUpdate", toRfc3339(crl.facts.nextUpdate)},
                                            {"sha256", toHex(crypto::sha256(crl.der))}})});
    });
}

}  // namespace mailca::store
