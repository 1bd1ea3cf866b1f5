#include "store/external_account_book.h"

#include "store/rows.h"
#include "store/traces.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

constexpr std::string_view kSelect =
    "SELECT id, comment, allowed, most_uses, uses, created_at, revoked_at FROM external_keys ";

ra::ExternalKey readKey(const Row& row) {
    return {.id = row.text(0),
            .comment = row.text(1),
            .allowed = readList(row.text(2)),
            .mostUses = row.optionalNumber(3),
            .uses = row.number(4),
            .createdAt = row.time(5),
            .revokedAt = row.optionalTime(6)};
}

}  // namespace

Result<void> ExternalAccountBook::create(const ra::ExternalKey& key) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY_VOID(
            db.run("INSERT INTO external_keys (id, comment, allowed, most_uses, created_at)"
                   " VALUES (?1, ?2, ?3, ?4, ?5)",
                   {key.id, key.comment, listText(key.allowed), key.mostUses, key.createdAt}));
        const Bytes subject = octetsOf(key.id);
        return recordAct(db, {key.createdAt, "operator", "external-key.created", subject});
    });
}

Result<std::optional<ra::ExternalKey>> ExternalAccountBook::find(const std::string& id) {
    return m_database.read(
        [&](Connection& db) { return db.first(std::string(kSelect) + "WHERE id = ?1", {id}, readKey); });
}

Result<std::vector<ra::ExternalKey>> ExternalAccountBook::list() {
    return m_database.read([&](Connection& db) { return db.all(std::string(kSelect) + "ORDER BY nr", {}, readKey); });
}

Result<void> ExternalAccountBook::revoke(const ra::ExternalKeyRevocation& revocation) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const int revoked, db.run("UPDATE external_keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL",
                                      {revocation.id, revocation.at}));
        if (revoked != 1) return fail(ErrorKind::NotFound, "there is no live external account key of that id");
        const Bytes subject = octetsOf(revocation.id);
        return recordAct(db, {revocation.at, "operator", "external-key.revoked", subject});
    });
}

}  // namespace mailca::store
