#include "store/figures.h"

#include "store/audit_trail.h"
#include "store/rows.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

Result<std::int64_t> number(Connection& db, std::string_view sql, Connection::Values values = {}) {
    TRY(const auto found, db.first(sql, values, [](const Row& row) { return row.integer(0); }));
    return found.value_or(0);
}

}  // namespace

Result<Figures> readFigures(Database& database, std::int64_t auditAfter) {
    return database.read([&](Connection& db) -> Result<Figures> {
        Figures figures;
        TRY(figures.certificates, number(db, "SELECT max(nr) FROM certificates"));  // numbered without gaps
        TRY(figures.revocations, number(db, "SELECT sum(revision) FROM crl_shards"));
        TRY(figures.ordersInProgress, number(db, "SELECT count(*) FROM orders WHERE state = 1"));  // by its index
        TRY(figures.mailsWaiting, number(db, "SELECT count(*) FROM challenges WHERE mail_due_at IS NOT NULL"));
        TRY(figures.noticesOwed, number(db, "SELECT count(*) FROM notices"));
        TRY(const auto acts, db.all("SELECT act, count(*) FROM audit WHERE nr > ?1 GROUP BY act", {auditAfter},
                                    [](const Row& row) { return std::pair(row.text(0), row.integer(1)); }));
        figures.acts = {acts.begin(), acts.end()};
        TRY(const auto head, readHead(db));
        figures.auditHead = head.nr;
        return figures;
    });
}

Result<std::map<std::string, Time>> readCrlEnds(Database& database) {
    TRY(const auto ends, database.read([](Connection& db) {
        return db.all("SELECT issuer, min(next_update) FROM crls GROUP BY issuer", {},
                      [](const Row& row) { return std::pair(row.text(0), row.time(1)); });
    }));
    return std::map<std::string, Time>(ends.begin(), ends.end());
}

}  // namespace mailca::store
