#include "store/explanation.h"

#include <algorithm>

#include "store/directory.h"
#include "store/rows.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

struct Life {
    std::int64_t nr, authorization;
    std::vector<OrderEvent> events;

    void add(Time at, std::string what, std::string detail = "") {
        events.push_back({at, std::move(what), std::move(detail)});
    }
    void addIf(const Row& row, int column, std::string what) {
        if (!row.isNull(column)) add(row.time(column), std::move(what));
    }
};

std::string textOr(const Row& row, int column, const char* otherwise) {
    return row.isNull(column) ? otherwise : row.text(column);
}

Result<Life> readOrder(Connection& db, const OrderId& id) {
    TRY(auto life,
        db.first(
            "SELECT o.nr, o.authorization, o.created_at, o.profile, o.expires, b.address, s.id, o.state, o.state_at,"
            " o.error_kind, o.error_detail, a.created_at < o.created_at, a.id FROM orders o"
            " JOIN authorizations a ON a.nr = o.authorization JOIN mailboxes b ON b.nr = a.mailbox"
            " JOIN accounts s ON s.nr = o.account WHERE o.id = ?1",
            {id}, [](const Row& row) {
                Life out{row.integer(0), row.integer(1), {}};
                const bool reused = row.integer(11) != 0;
                out.add(row.time(2), "ordered by account " + row.id<AccountId>(6).text() + ": profile " + row.text(3) +
                                         " for " + row.text(5) + ", open until " + toRfc3339(row.time(4)) +
                                         (reused ? "; it reuses authorization " : "; authorization ") +
                                         row.id<AuthorizationId>(12).text());
                switch (static_cast<OrderCode>(row.number(7))) {
                    case OrderCode::Open:
                        break;
                    case OrderCode::InProgress:
                        out.add(row.time(8), "finalized: the certificates are being made");
                        break;
                    case OrderCode::Finished:
                        out.add(row.time(8), "finished: the certificates are recorded and published");
                        break;
                    case OrderCode::Failed:
                        out.add(row.time(8), "failed: " + textOr(row, 10, "no reason is on record") + " (" +
                                                 textOr(row, 9, "?") + ")");
                        break;
                }
                return out;
            }));
    if (!life) return fail(ErrorKind::NotFound, "there is no order " + id.text());
    return *std::move(life);
}

// An order of a migrated database may have none any more.
Result<void> addChallenge(Connection& db, Life& life) {
    return db.forEach(
        "SELECT c.mail_released_at, c.mail_due_at, c.mail_attempts, c.mail_delivered_at, c.posted_at, c.proven_at,"
        " c.method, c.wrong_replies, c.ended_at, c.error_kind, c.error_detail, a.deactivated_at,"
        " (SELECT max(r.at) FROM judged_replies r WHERE r.challenge = c.nr AND r.verdict = 1)"
        " FROM challenges c JOIN authorizations a ON a.nr = c.nr WHERE c.nr = ?1",
        {life.authorization}, [&](const Row& row) {
            life.addIf(row, 0, "the client fetched the authorization: the challenge mail may leave");
            life.addIf(row, 1, "the challenge mail is due, after " + std::to_string(row.number(2)) + " attempts");
            life.addIf(row, 3, "the mail server took the challenge mail");
            life.addIf(row, 4, "the client said that the challenge is ready");
            if (!row.isNull(5)) {
                const auto method = static_cast<ra::ValidationMethod>(row.number(6));
                life.add(row.time(5), "the mailbox is proved (" + std::string(ra::nameOf(method)) + ")");
            }
            life.addIf(row, 12, std::to_string(row.number(7)) + " replies held a wrong digest by now");
            life.addIf(row, 8, "the challenge ended: " + textOr(row, 10, "?") + " (" + textOr(row, 9, "?") + ")");
            life.addIf(row, 11, "the authorization was given up");
        });
}

Result<void> addMails(Connection& db, Life& life) {
    TRY_VOID(db.forEach("SELECT at, due_at, why FROM mail_delays WHERE challenge = ?1 ORDER BY nr",
                        {life.authorization}, [&](const Row& row) {
                            life.add(row.time(0),
                                     "the challenge mail waits until " + toRfc3339(row.time(1)) + ": " + row.text(2));
                        }));
    TRY_VOID(db.forEach("SELECT sent_at, message_id, envelope_sender FROM challenge_mails WHERE challenge = ?1",
                        {life.authorization}, [&](const Row& row) {
                            life.add(row.time(0), "a challenge mail with a token of its own leaves: <" + row.text(1) +
                                                      ">, from " + row.text(2));
                        }));
    return db.forEach(
        "SELECT r.at, r.source, r.applied, f.reason, f.evidence FROM judged_replies r"
        " JOIN findings f ON f.nr = r.finding WHERE r.challenge = ?1",
        {life.authorization}, [&](const Row& row) {
            const char* const effect = row.integer(2) != 0 ? "; it counted" : "; it changed nothing";
            life.add(row.time(0), "the mail " + row.text(1) + " was judged: " + row.text(3) + effect, row.text(4));
        });
}

Result<void> addCertificates(Connection& db, Life& life) {
    return db.forEach(
        "SELECT o.state_at, k.serial, k.issuer, m.profile, k.not_before, k.not_after, k.revoked_at, k.reason,"
        " e.held_until, e.published_at, e.withdrawn_at"
        " FROM certificates k JOIN certificate_models m ON m.nr = k.model JOIN orders o ON o.nr = k.order_nr"
        " JOIN authorizations a ON a.nr = o.authorization"
        " JOIN exchange_entries e ON e.mailbox = a.mailbox AND e.certificate = k.nr WHERE k.order_nr = ?1",
        {life.nr}, [&](const Row& row) {
            const std::string name = "certificate " + row.serial(1).hex() + " of " + row.text(2);
            life.add(row.time(0), name + " was issued: " + row.text(3) + ", valid from " + toRfc3339(row.time(4)) +
                                      " until " + toRfc3339(row.time(5)));
            const std::string reason = row.isNull(7) ? "no reason" : "reason " + std::to_string(row.number(7));
            life.addIf(row, 6, name + " is revoked, " + reason);
            const bool held = !row.isNull(8);
            if (held && row.isNull(10)) {
                const bool untold = row.integer(8) == kUntilTold;
                life.add(row.time(0), name + " is not published before " +
                                          (untold ? "its mailbox was told of it" : toRfc3339(row.time(8))));
            }
            if (!held && row.time(9) != row.time(0)) life.add(row.time(9), name + " is published: its hold is over");
        });
}

Result<void> addNotice(Connection& db, Life& life) {
    return db.forEach("SELECT state_at, told_at FROM orders WHERE nr = ?1 AND told_at IS NOT NULL", {life.nr},
                      [&](const Row& row) {
                          const bool told = row.integer(1) != 0;
                          life.add(row.time(told ? 1 : 0), told ? "the mailbox was told of the certificates by mail"
                                                                : "the mailbox could not be told of the certificates");
                      });
}

Result<void> addAudit(Connection& db, const OrderId& id, Life& life) {
    return db.forEach(
        "SELECT at, actor, act, detail, nr FROM audit WHERE subject IN (?1, ?2)", {id, id.text()}, [&](const Row& row) {
            life.add(
                row.time(0),
                "row " + std::to_string(row.integer(4)) + " of the audit log: " + row.text(2) + " by " + row.text(1),
                row.text(3));
        });
}

}  // namespace

Result<std::vector<OrderEvent>> explainOrder(const std::string& databasePath, const OrderId& order) {
    auto db = Connection::open(databasePath, sqlite::Access::ReadOnly);
    if (!db) return fail(ErrorKind::Config, databasePath + ": " + db.error().detail);
    TRY_VOID(db->script("BEGIN"));  // one snapshot; closing the connection ends it
    TRY(const bool current, db->any("SELECT 1 FROM sqlite_schema WHERE name = 'mail_delays'", {}));
    if (!current) {
        return fail(ErrorKind::Config, databasePath +
                                           ": is no database of this release; `mailcad --check` brings an older "
                                           "one up to date");
    }
    TRY(Life life, readOrder(*db, order));
    TRY_VOID(addMails(*db, life));
    TRY_VOID(addChallenge(*db, life));
    TRY_VOID(addCertificates(*db, life));
    TRY_VOID(addNotice(*db, life));
    TRY_VOID(addAudit(*db, order, life));
    std::ranges::stable_sort(life.events, {}, &OrderEvent::at);
    return std::move(life.events);
}

}  // namespace mailca::store
