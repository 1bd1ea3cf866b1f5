#include "store/retention.h"

#include "core/crypto/hash.h"
#include "store/rows.h"
#include "store/traces.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

constexpr std::int64_t kPiece = 2000;  // rows of each table that are looked at in one transaction

// That nothing of what the challenge `x.challenge` led to lasts until ?3: no order open, no certificate valid.
const std::string kOver =
    " NOT EXISTS (SELECT 1 FROM authorizations a JOIN orders o ON o.account = a.account AND o.authorization = a.nr"
    " LEFT JOIN certificates k ON k.order_nr = o.nr WHERE a.nr = x.challenge"
    " AND (o.state IN (0, 1) OR o.state_at >= ?3 OR k.not_after >= ?3))";

// The mail that a finished order rests on: its hash stands in the audit log's chain, and stays.
constexpr std::string_view kRestedOn =
    " (x.verdict = 0 AND x.applied = 1 AND EXISTS (SELECT 1 FROM authorizations a JOIN orders o"
    " ON o.account = a.account AND o.authorization = a.nr WHERE a.nr = x.challenge AND o.state = 2))";

Result<std::int64_t> erasedFinding(Connection& db) {
    const std::string reason = "erased when its time was over", evidence = "{}";
    const Bytes sha256 = crypto::sha256(asBytes(reason + std::string(1, '\0') + evidence));
    TRY_VOID(db.run("INSERT INTO findings (sha256, reason, evidence) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                    {sha256, reason, evidence}));
    TRY(const auto nr,
        db.first("SELECT nr FROM findings WHERE sha256 = ?1", {sha256}, [](const Row& row) { return row.integer(0); }));
    return nr.value();
}

}  // namespace

Result<int> Retention::erasePiece(Connection& db, Time end) const {
    TRY(const std::int64_t finding, erasedFinding(db));
    const std::string piece = " x.nr > ?1 AND x.nr <= ?2 AND ";
    const std::string replies = "SELECT x.nr FROM judged_replies x WHERE" + piece + "x.at < ?3 AND" + kOver;
    const std::string mails = "SELECT x.nr FROM challenge_mails x WHERE" + piece + "x.sent_at < ?3 AND" + kOver;
    const std::string delays = "SELECT x.nr FROM mail_delays x WHERE" + piece + "x.at < ?3 AND" + kOver;
    const std::int64_t last = m_after + kPiece;
    TRY(const int emptied,
        db.run("UPDATE judged_replies SET finding = ?4, source = '' WHERE finding <> ?4 AND nr IN (" + replies +
                   " AND" + std::string(kRestedOn) + ")",
               {m_after, last, end, finding}));
    TRY(const int deleted,
        db.run("DELETE FROM judged_replies WHERE nr IN (" + replies + " AND NOT" + std::string(kRestedOn) + ")",
               {m_after, last, end}));
    TRY(const int sent, db.run("DELETE FROM challenge_mails WHERE nr IN (" + mails + ")", {m_after, last, end}));
    TRY(const int waited, db.run("DELETE FROM mail_delays WHERE nr IN (" + delays + ")", {m_after, last, end}));
    return emptied + deleted + sent + waited;
}

Result<bool> Retention::step(Time end, Time now) {
    TRY(const auto most, m_database.read([](Connection& db) {
        return db.first(
            "SELECT max((SELECT coalesce(max(nr), 0) FROM judged_replies),"
            " (SELECT coalesce(max(nr), 0) FROM challenge_mails), (SELECT coalesce(max(nr), 0) FROM mail_delays))",
            {}, [](const Row& row) { return row.integer(0); });
    }));
    const bool more = m_after + kPiece < most.value_or(0);
    TRY(const int erased, m_database.write([&](Connection& db) -> Result<int> {
        TRY(const int rows, erasePiece(db, end));
        // What was found out stands once for all mails that it was said of.
        if (!more && (m_erased || rows > 0)) {
            TRY_VOID(db.run("DELETE FROM findings WHERE nr NOT IN (SELECT finding FROM judged_replies)"));
        }
        if (rows == 0) return 0;
        TRY_VOID(recordAct(db, {now, "mailcad", "evidence.erased", "retention",
                                json::object({{"rows", rows}, {"endedBefore", toRfc3339(end)}})}));
        return rows;
    }));
    m_erased = more && (m_erased || erased > 0);
    m_after = more ? m_after + kPiece : 0;
    return more;
}

}  // namespace mailca::store
