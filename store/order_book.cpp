#include "store/order_book.h"

#include <limits>

#include "store/mail_budget.h"
#include "store/rows.h"
#include "store/traces.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

Result<ra::Authorization> oneAuthorization(Connection& db, std::string_view where, sqlite::Value value) {
    TRY(auto authorization, readAuthorization(db, where, {value}));
    if (!authorization) return fail(ErrorKind::NotFound, "there is no such authorization");
    return *std::move(authorization);
}

Result<std::int64_t> validAccount(Connection& db, const AccountId& id) {
    TRY(const auto nr,
        db.first("SELECT nr FROM accounts WHERE id = ?1 AND status = ?2",
                 {id, static_cast<int>(ra::AccountStatus::Valid)}, [](const Row& row) { return row.integer(0); }));
    if (!nr) return fail(ErrorKind::Conflict, "the account is not valid");
    return *nr;
}

Result<std::int64_t> insertAuthorization(Connection& db, const ra::Authorization& authorization, std::int64_t account) {
    const ra::Identifier& identifier = authorization.identifier;
    TRY(const std::int64_t mailbox, mailboxRow(db, identifier.mailbox));
    const auto value = identifier.value == identifier.mailbox.text() ? std::nullopt : std::optional(identifier.value);
    TRY_VOID(
        db.run("INSERT INTO authorizations (id, account, identifier_type, identifier_value, mailbox, created_at,"
               " expires, valid_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
               {authorization.id, account, static_cast<int>(identifier.type), value, mailbox, authorization.createdAt,
                authorization.expires, authorization.validUntil}));
    const std::int64_t nr = db.lastRow();
    const ra::Challenge& challenge = authorization.challenge;
    TRY(const std::int64_t sender, mailboxRow(db, challenge.from));
    TRY_VOID(db.run("INSERT INTO challenges (nr, id, token_part2, sender, thumbprint) VALUES (?1, ?2, ?3, ?4, ?5)",
                    {nr, challenge.id, octetsOf(challenge.tokenPart2), sender, octetsOf(challenge.thumbprint)}));
    return nr;
}

// The number of the reused one, if it is still what the decision took it for.
Result<std::int64_t> validAuthorization(Connection& db, const AuthorizationId& id, std::int64_t account, Time at) {
    static const std::string kValid =
        "SELECT a.nr FROM authorizations a JOIN challenges c ON c.nr = a.nr WHERE a.id = ?1 AND a.account = ?3 AND " +
        std::string(kValidAtSecond);
    TRY(const auto nr, db.first(kValid, {id, at, account}, [](const Row& row) { return row.integer(0); }));
    if (!nr) return fail(ErrorKind::Conflict, "the authorization is not valid any more");
    return *nr;
}

// C5: one order at a time replaces another one's certificates.
Result<std::optional<std::int64_t>> replaceable(Connection& db, const std::optional<OrderId>& id, Time at) {
    if (!id) return std::optional<std::int64_t>();
    TRY(const auto nr,
        db.first("SELECT nr FROM orders WHERE id = ?1", {*id}, [](const Row& row) { return row.integer(0); }));
    if (!nr) return fail(ErrorKind::NotFound, "there is no such order");
    static const std::string kReplaced =
        "SELECT 1 FROM orders o JOIN authorizations a ON a.nr = o.authorization JOIN challenges c ON c.nr = a.nr"
        " WHERE o.replaced_order = ?1 AND " +
        std::string(kNotInvalidAtSecond);
    TRY(const bool replaced, db.any(kReplaced, {*nr, at}));
    if (replaced)
        return fail(ErrorKind::AlreadyReplaced, "another order replaces that certificate, or its set, already");
    return nr;
}

Result<void> insertOrder(Connection& db, const ra::NewOrder& made, std::int64_t account, std::int64_t authorization) {
    const ra::Order& order = made.order;
    TRY(const auto replaced, replaceable(db, made.replaced, order.createdAt));
    TRY_VOID(db.run(
        "INSERT INTO orders (id, account, authorization, profile, created_at, expires, state, state_at, replaces,"
        " replaced_order) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?5, ?8, ?9)",
        {order.id, account, authorization, order.profile, order.createdAt, order.expires, codeOf(OrderCode::Open),
         replaced ? sqlite::Value(order.replaces) : sqlite::Value(std::nullopt), replaced}));
    const std::int64_t nr = db.lastRow();
    int position = 0;
    for (const ra::OrderItem& item : order.items) {
        TRY_VOID(db.run("INSERT INTO order_items (order_nr, position, profile) VALUES (?1, ?2, ?3)",
                        {nr, position++, item.profile}));
    }
    return {};
}

// An order's row and what its state needs besides: the certificates come from its items.
struct OrderRow {
    std::int64_t nr;
    std::int64_t authorization;
    std::string profile;
    Time createdAt;
    Time expires;
    OrderCode code;
    Time stateAt;
    std::optional<Error> error;
    std::string replaces;
};

Result<OrderRow> readOrderRow(Connection& db, const OrderId& id) {
    TRY(auto found, db.first("SELECT nr, authorization, profile, created_at, expires, state, state_at,"
                             " error_kind, error_detail, replaces FROM orders WHERE id = ?1",
                             {id}, [](const Row& row) {
                                 return OrderRow{
                                     row.integer(0), row.integer(1),       row.text(2),
                                     row.time(3),    row.time(4),          static_cast<OrderCode>(row.number(5)),
                                     row.time(6),    readError(row, 7, 8), row.text(9)};
                             }));
    if (!found) return fail(ErrorKind::NotFound, "there is no such order");
    return *std::move(found);
}

struct ItemRow {
    ra::OrderItem item;
    std::optional<CertificateId> certificate;
};

Result<std::vector<ItemRow>> readItems(Connection& db, std::int64_t order) {
    return db.all(
        "SELECT coalesce(i.profile, m.profile), r.csr, k.id FROM order_items i"
        " LEFT JOIN requests r ON r.order_nr = i.order_nr AND r.position = i.position"
        " LEFT JOIN certificates k ON k.nr = i.certificate LEFT JOIN certificate_models m ON m.nr = k.model"
        " WHERE i.order_nr = ?1 ORDER BY i.position",
        {order}, [](const Row& row) {
            return ItemRow{{row.text(0), row.bytes(1)},
                           row.isNull(2) ? std::nullopt : std::optional(row.id<CertificateId>(2))};
        });
}

ra::OrderState stateOf(const OrderRow& order, const std::vector<ItemRow>& items) {
    switch (order.code) {
        case OrderCode::InProgress:
            return ra::InProgress{order.stateAt};
        case OrderCode::Failed:
            return ra::Failed{order.error.value_or(fail(ErrorKind::ServerInternal, "the order failed")), order.stateAt};
        case OrderCode::Finished: {
            ra::Finished finished{order.stateAt, {}};
            for (const ItemRow& row : items) finished.certificates.push_back(row.certificate.value());
            return finished;
        }
        case OrderCode::Open:
            break;
    }
    return ra::Open{};
}

Result<ra::OrderView> readView(Connection& db, const OrderId& id) {
    TRY(const OrderRow row, readOrderRow(db, id));
    TRY(ra::Authorization authorization, oneAuthorization(db, "a.nr = ?1", row.authorization));
    TRY(const std::vector<ItemRow> rows, readItems(db, row.nr));
    std::vector<ra::OrderItem> items;
    for (const ItemRow& item : rows) items.push_back(item.item);
    ra::Order order{.id = id,
                    .account = authorization.account,
                    .authorization = authorization.id,
                    .identifier = authorization.identifier,
                    .profile = row.profile,
                    .createdAt = row.createdAt,
                    .expires = row.expires,
                    .items = std::move(items),
                    .state = stateOf(row, rows),
                    .replaces = row.replaces};
    return ra::OrderView{std::move(order), std::move(authorization)};
}

Result<void> storeCsrs(Connection& db, std::int64_t order, const std::vector<Bytes>& csrs) {
    TRY(const auto items, readItems(db, order));
    if (items.size() != csrs.size()) return fail(ErrorKind::Conflict, "the order has another number of certificates");
    int position = 0;
    for (const Bytes& csr : csrs) {
        TRY_VOID(
            db.run("INSERT INTO requests (order_nr, position, csr) VALUES (?1, ?2, ?3)", {order, position++, csr}));
    }
    return {};
}

}  // namespace

Result<void> OrderBook::create(const ra::NewOrder& order) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const std::int64_t account, validAccount(db, order.order.account));
        const bool reused = order.origin == ra::AuthorizationOrigin::Reused;
        TRY(const std::int64_t authorization,
            reused ? validAuthorization(db, order.authorization.id, account, order.order.createdAt)
                   : insertAuthorization(db, order.authorization, account));
        return insertOrder(db, order, account, authorization);
    });
}

Result<void> OrderBook::createAuthorization(const ra::Authorization& authorization) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const std::int64_t account, validAccount(db, authorization.account));
        TRY_VOID(insertAuthorization(db, authorization, account));
        return {};
    });
}

Result<ra::OrderView> OrderBook::find(const OrderId& id) {
    return m_database.read([&](Connection& db) { return readView(db, id); });
}

Result<ra::Authorization> OrderBook::findAuthorization(const AuthorizationId& id) {
    return m_database.read([&](Connection& db) { return oneAuthorization(db, "a.id = ?1", id); });
}

Result<ra::Authorization> OrderBook::findByChallenge(const ChallengeId& id) {
    return m_database.read([&](Connection& db) { return oneAuthorization(db, "c.id = ?1", id); });
}

Result<void> OrderBook::releaseMail(const ra::MailRelease& release) {
    return m_database.write([&](Connection& db) { return store::releaseMail(db, release); });
}

Result<void> OrderBook::postChallenge(const ra::ChallengePost& post) {
    return m_database.write([&](Connection& db) {
        return expectOne(
            db.run("UPDATE challenges SET posted_at = ?2 WHERE id = ?1 AND posted_at IS NULL AND ended_at IS NULL"
                   " AND EXISTS (SELECT 1 FROM authorizations a WHERE a.nr = challenges.nr"
                   " AND a.deactivated_at IS NULL AND a.expires > ?2)",
                   {post.challenge, post.at}),
            "the challenge was posted before, has ended or is none of ours");
    });
}

Result<void> OrderBook::finalize(const ra::Finalization& finalization) {
    static const std::string kReady =
        "SELECT o.nr FROM orders o JOIN authorizations a ON a.nr = o.authorization JOIN challenges c ON c.nr = a.nr"
        " JOIN accounts s ON s.nr = o.account"
        " WHERE o.id = ?1 AND o.state = ?3 AND o.expires > ?2 AND s.status = ?4 AND " +
        std::string(kValidAtSecond);
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const auto order, db.first(kReady,
                                       {finalization.order, finalization.at, codeOf(OrderCode::Open),
                                        static_cast<int>(ra::AccountStatus::Valid)},
                                       [](const Row& row) { return row.integer(0); }));
        if (!order) return fail(ErrorKind::Conflict, "the order is not ready");
        TRY_VOID(storeCsrs(db, *order, finalization.csrs));
        return expectOne(db.run("UPDATE orders SET state = ?2, state_at = ?3 WHERE nr = ?1 AND state = ?4",
                                {*order, codeOf(OrderCode::InProgress), finalization.at, codeOf(OrderCode::Open)}),
                         "the order is not ready");
    });
}

// B39. A mail that waits is not sent any more.
Result<void> OrderBook::deactivate(const ra::AuthorizationDeactivation& end) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY_VOID(expectOne(
            db.run("UPDATE authorizations SET deactivated_at = ?2 WHERE id = ?1 AND deactivated_at IS NULL AND EXISTS"
                   " (SELECT 1 FROM challenges c WHERE c.nr = authorizations.nr AND c.ended_at IS NULL AND ?2 <"
                   " CASE WHEN c.posted_at IS NOT NULL AND c.proven_at IS NOT NULL"
                   " THEN coalesce(valid_until, expires) ELSE expires END)",
                   {end.authorization, end.at}),
            "the authorization is neither pending nor valid"));
        TRY_VOID(
            db.run("UPDATE challenges SET mail_due_at = NULL WHERE nr = (SELECT nr FROM authorizations WHERE id = ?1)",
                   {end.authorization}));
        return recordAct(db, {end.at, "account:" + end.account.text(), "authorization.deactivated", end.authorization});
    });
}

Result<std::optional<ra::Authorization>> OrderBook::findValid(const AccountId& account,
                                                              const ra::Identifier& identifier, Time at) {
    static const std::string kWhere =
        "b.address = ?1 AND s.id = ?3 AND a.identifier_type = ?4 AND coalesce(a.identifier_value, b.address) = ?5 "
        "AND " +
        std::string(kValidAtSecond) + " ORDER BY coalesce(a.valid_until, a.expires) DESC LIMIT 1";
    return m_database.read([&](Connection& db) {
        return readAuthorization(
            db, kWhere, {identifier.mailbox.text(), at, account, static_cast<int>(identifier.type), identifier.value});
    });
}

Result<std::vector<OrderId>> OrderBook::list(const ra::OrderListQuery& query) {
    static const std::string kPage =
        "SELECT o.id FROM orders o JOIN authorizations a ON a.nr = o.authorization JOIN challenges c ON c.nr = a.nr"
        " WHERE o.account = (SELECT nr FROM accounts WHERE id = ?1) AND o.nr < ?3 AND " +
        std::string(kNotInvalidAtSecond) + " ORDER BY o.nr DESC LIMIT ?4";
    return m_database.read([&](Connection& db) -> Result<std::vector<OrderId>> {
        std::int64_t before = std::numeric_limits<std::int64_t>::max();
        if (query.after) {
            TRY(const auto nr,
                db.first("SELECT o.nr FROM orders o JOIN accounts s ON s.nr = o.account WHERE o.id = ?1 AND s.id = ?2",
                         {*query.after, query.account}, [](const Row& row) { return row.integer(0); }));
            if (!nr) return fail(ErrorKind::NotFound, "the account has no such order");
            before = *nr;
        }
        return db.all(kPage, {query.account, query.now, before, query.limit},
                      [](const Row& row) { return row.id<OrderId>(0); });
    });
}

Result<ra::MailCounts> OrderBook::recentMails(const ra::MailCountQuery& query) {
    return m_database.read([&](Connection& db) { return countMails(db, query); });
}

}  // namespace mailca::store
