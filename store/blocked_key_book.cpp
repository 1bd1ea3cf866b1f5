#include "store/blocked_key_book.h"

#include "store/keys.h"
#include "store/rows.h"
#include "store/traces.h"

namespace mailca::store {

using sqlite::Connection;
using sqlite::Row;

Result<ra::KeyBlocked> BlockedKeyBook::block(const ra::KeyBlock& block) {
    return m_database.write([&](Connection& db) -> Result<ra::KeyBlocked> {
        TRY(const int added, db.run("INSERT INTO blocked_keys (spki_sha256, at, comment) VALUES (?1, ?2, ?3)"
                                    " ON CONFLICT (spki_sha256) DO NOTHING",
                                    {block.spkiSha256, block.at, block.comment}));
        TRY(auto certificates, certificatesWithKey(db, block.spkiSha256));
        if (added == 1) {
            TRY_VOID(recordAct(db, {block.at, "operator", "key.blocked", block.spkiSha256,
                                    json::object({{"comment", block.comment}})}));
        }
        return ra::KeyBlocked{added == 1, std::move(certificates)};
    });
}

Result<std::vector<ra::BlockedKey>> BlockedKeyBook::list() {
    return m_database.read([&](Connection& db) {
        return db.all(
            "SELECT b.spki_sha256, b.at, b.comment, k.serial FROM blocked_keys b"
            " LEFT JOIN certificates k ON k.nr = b.certificate ORDER BY b.at DESC, b.spki_sha256",
            {}, [](const Row& row) {
                return ra::BlockedKey{row.bytes(0), row.time(1), row.text(2),
                                      row.isNull(3) ? std::nullopt : std::optional(row.serial(3))};
            });
    });
}

}  // namespace mailca::store
