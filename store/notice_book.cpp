#include "store/notice_book.h"

#include "store/directory.h"
#include "store/rows.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;
using sqlite::Value;

constexpr int kMostOrders = 64;  // told of in one mail

// A mailbox and the orders that one mail tells it of: its rows of this kind up to `last`.
struct Owed {
    std::int64_t mailbox;
    ra::NoticeKind kind;
    std::int64_t last;

    int kindCode() const { return static_cast<int>(kind); }
};

// Notices that are not due go along with one that is; a reminder is worth something at its own time only.
Result<std::optional<Owed>> owedTo(Connection& db, std::int64_t mailbox, ra::NoticeKind kind, Time now) {
    return db.first(
        "SELECT max(nr) FROM (SELECT nr FROM notices WHERE mailbox = ?1 AND kind = ?2 AND (kind = 0 OR due_at <= ?3)"
        " ORDER BY nr LIMIT ?4)",
        {mailbox, static_cast<int>(kind), now, kMostOrders}, [&](const Row& row) {
            return Owed{mailbox, kind, row.integer(0)};
        });
}

Result<ra::DueNotice> readNotice(Connection& db, const Owed& owed, const EmailAddress& mailbox, seconds hold) {
    ra::DueNotice notice{.mailbox = mailbox,
                         .kind = owed.kind,
                         .last = owed.last,
                         .certificates = {},
                         .hold = hold,
                         .since = Time::max()};
    TRY_VOID(
        db.forEach("SELECT n.at, n.attempts, n.stranger, m.profile, k.serial, k.not_after, e.held_until FROM notices n"
                   " JOIN certificates k ON k.order_nr = n.order_nr JOIN certificate_models m ON m.nr = k.model"
                   " JOIN exchange_entries e ON e.mailbox = n.mailbox AND e.certificate = k.nr"
                   " WHERE n.mailbox = ?1 AND n.kind = ?3 AND n.nr <= ?2"
                   " AND (n.kind = 0 OR (e.held_until IS NOT NULL AND e.withdrawn_at IS NULL)) ORDER BY n.nr, k.nr",
                   {owed.mailbox, owed.last, owed.kindCode()}, [&](const Row& row) {
                       const bool held = !row.isNull(6);
                       notice.since = std::min(notice.since, row.time(0));
                       notice.attempts = std::max(notice.attempts, row.number(1));
                       if (held) notice.heldUntil = std::max(notice.heldUntil, row.time(6));
                       notice.certificates.push_back({.profile = row.text(3),
                                                      .serial = row.serial(4),
                                                      .notAfter = row.time(5),
                                                      .stranger = row.integer(2) != 0,
                                                      .held = held});
                   }));
    return notice;
}

// What is held of these orders has its time, and the mailbox is reminded when half of it is over.
Result<void> giveTime(Connection& db, const Owed& owed, Time at, seconds hold) {
    TRY_VOID(
        db.run("UPDATE exchange_entries SET held_until = ?3 WHERE mailbox = ?1 AND withdrawn_at IS NULL"
               " AND held_until = ?4 AND certificate IN (SELECT k.nr FROM notices n"
               " JOIN certificates k ON k.order_nr = n.order_nr WHERE n.mailbox = ?1 AND n.kind = 0 AND n.nr <= ?2)",
               {owed.mailbox, owed.last, at + hold, kUntilTold}));
    TRY_VOID(
        db.run("INSERT INTO notices (kind, mailbox, order_nr, stranger, at, due_at)"
               " SELECT 1, n.mailbox, n.order_nr, n.stranger, ?3, ?3 FROM notices n WHERE n.mailbox = ?1"
               " AND n.kind = 0 AND n.nr <= ?2 AND EXISTS (SELECT 1 FROM certificates k JOIN exchange_entries e"
               " ON e.mailbox = n.mailbox AND e.certificate = k.nr WHERE k.order_nr = n.order_nr"
               " AND e.held_until IS NOT NULL AND e.withdrawn_at IS NULL)",
               {owed.mailbox, owed.last, at + hold / 2}));
    return {};
}

// The mailbox was told, or will never be (`toldAt` 0).
Result<void> close(Connection& db, const Owed& owed, const Value& toldAt) {
    if (owed.kind == ra::NoticeKind::Notice) {
        TRY_VOID(
            db.run("UPDATE orders SET told_at = ?3 WHERE nr IN"
                   " (SELECT order_nr FROM notices WHERE mailbox = ?1 AND kind = 0 AND nr <= ?2)",
                   {owed.mailbox, owed.last, toldAt}));
    }
    TRY_VOID(db.run("DELETE FROM notices WHERE mailbox = ?1 AND kind = ?3 AND nr <= ?2",
                    {owed.mailbox, owed.last, owed.kindCode()}));
    return {};
}

struct OutcomeWriter {
    Connection& db;
    const Owed& owed;
    Time at;
    seconds hold;

    Result<void> operator()(const ra::NoticeSent&) const { return end(at); }
    Result<void> operator()(const ra::NoticeGivenUp&) const { return end(0); }
    Result<void> end(const Value& toldAt) const {
        if (owed.kind == ra::NoticeKind::Notice) TRY_VOID(giveTime(db, owed, at, hold));
        return close(db, owed, toldAt);
    }
    Result<void> operator()(const ra::NoticeDeferred& deferred) const {
        TRY_VOID(
            db.run("UPDATE notices SET due_at = ?3, attempts = attempts + 1"
                   " WHERE mailbox = ?1 AND kind = ?4 AND nr <= ?2",
                   {owed.mailbox, owed.last, deferred.retryAt, owed.kindCode()}));
        return {};
    }
};

struct Addressee {
    std::int64_t nr;
    EmailAddress mailbox;
    ra::NoticeKind kind;
};

}  // namespace

Result<std::vector<ra::DueNotice>> NoticeBook::due(Time now, int limit) {
    return m_database.read([&](Connection& db) -> Result<std::vector<ra::DueNotice>> {
        TRY(const auto found,
            db.all("SELECT DISTINCT b.nr, b.address, d.kind FROM (SELECT mailbox, kind FROM notices WHERE due_at <= ?1"
                   " ORDER BY due_at LIMIT ?2) d JOIN mailboxes b ON b.nr = d.mailbox",
                   {now, limit}, [](const Row& row) {
                       return Addressee{row.integer(0), row.mailbox(1), static_cast<ra::NoticeKind>(row.number(2))};
                   }));
        std::vector<ra::DueNotice> notices;
        for (const Addressee& one : found) {
            TRY(const auto owed, owedTo(db, one.nr, one.kind, now));
            TRY(ra::DueNotice notice, readNotice(db, owed.value(), one.mailbox, m_hold));
            notices.push_back(std::move(notice));
        }
        return notices;
    });
}

Result<void> NoticeBook::settle(const std::vector<ra::NoticeOutcome>& outcomes) {
    return m_database.write([&](Connection& db) -> Result<void> {
        for (const ra::NoticeOutcome& one : outcomes) {
            TRY(const std::int64_t mailbox, mailboxRow(db, one.mailbox));
            const Owed owed{mailbox, one.kind, one.last};
            TRY_VOID(std::visit(OutcomeWriter{db, owed, one.at, m_hold}, one.outcome));
        }
        return {};
    });
}

Result<int> NoticeBook::publishHeld(Time now, int atMost) {
    constexpr std::string_view kDue =
        "SELECT e.mailbox, e.certificate FROM exchange_entries e WHERE e.held_until <= ?1 AND e.withdrawn_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM certificates k JOIN notices n ON n.order_nr = k.order_nr"
        " AND n.mailbox = e.mailbox WHERE k.nr = e.certificate) ORDER BY e.held_until LIMIT ?2";
    TRY(const bool any, m_database.read([&](Connection& db) { return db.any(kDue, {now, 1}); }));
    if (!any) return 0;
    return m_database.write([&](Connection& db) -> Result<int> {
        TRY(const auto entries,
            db.all(kDue, {now, atMost}, [](const Row& row) { return std::pair(row.integer(0), row.integer(1)); }));
        for (const auto& [mailbox, certificate] : entries) TRY_VOID(show(db, mailbox, certificate, now));
        return static_cast<int>(entries.size());
    });
}

Result<Acquaintance> acquaintanceOf(Connection& db, const FinishedOrder& order) {
    bool known = false, trusted = false, others = false;
    TRY_VOID(db.forEach(
        "SELECT o.account = ?2, e.held_until IS NULL, e.withdrawn_at IS NULL AND k.not_after >= ?3"
        " FROM exchange_entries e JOIN certificates k ON k.nr = e.certificate JOIN orders o ON o.nr = k.order_nr"
        " WHERE e.mailbox = ?1",
        {order.mailbox, order.account, order.at}, [&](const Row& row) {
            const bool own = row.integer(0) != 0, published = row.integer(1) != 0, live = row.integer(2) != 0;
            known = known || own;
            trusted = trusted || (own && published && live);
            others = others || (!own && live);
        }));
    return Acquaintance{!known, others && !trusted};
}

Result<void> oweNotice(Connection& db, const FinishedOrder& order, const Acquaintance& account) {
    const Time due = account.stranger ? order.at : order.at + ra::kNoticeDelay;
    TRY_VOID(
        db.run("INSERT INTO notices (kind, mailbox, order_nr, stranger, at, due_at) VALUES (0, ?1, ?2, ?3, ?4, ?5)",
               {order.mailbox, order.nr, account.stranger ? 1 : 0, order.at, due}));
    return {};
}

}  // namespace mailca::store
