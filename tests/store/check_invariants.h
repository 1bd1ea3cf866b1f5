// What must hold in every database of mailcad at every instant, whatever happened to the process: for scenarios of all
// rooms. Each rule is a query that finds its breaches.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/audit_reader.h"
#include "store/sqlite/connection.h"

namespace mailca::test {

struct Invariant {
    std::string_view promise;
    std::string_view breaches;  // counts them
};

inline constexpr std::array kInvariants{
    Invariant{
        "no serial of an issuer stands for two certificates, or for a certificate and an open intent",
        "SELECT count(*) FROM (SELECT 1 FROM (SELECT serial, issuer FROM certificates"
        " UNION ALL SELECT serial, issuer FROM intents"
        " UNION ALL SELECT serial, issuer FROM service_certificates) GROUP BY serial, issuer HAVING count(*) > 1)"},
    Invariant{"an issued certificate is published, once",
              "SELECT count(*) FROM certificates k JOIN orders o ON o.nr = k.order_nr"
              " JOIN authorizations a ON a.nr = o.authorization WHERE"
              " (SELECT count(*) FROM exchange_entries e WHERE e.certificate = k.nr AND e.mailbox = a.mailbox) <> 1"},
    Invariant{"withdrawn if and only if revoked, at the same time",
              "SELECT count(*) FROM exchange_entries e JOIN certificates k ON k.nr = e.certificate"
              " WHERE e.withdrawn_at IS NOT k.revoked_at"},
    Invariant{"the feed tells of every publication and every withdrawal, once",
              "SELECT count(*) FROM exchange_entries e WHERE"
              " (SELECT count(*) FROM feed f WHERE f.mailbox = e.mailbox AND f.certificate = e.certificate AND f.kind "
              "= 0) <> (e.held_until IS NULL)"
              " OR (SELECT count(*) FROM feed f WHERE f.mailbox = e.mailbox AND f.certificate = e.certificate AND "
              "f.kind = 1) <> (e.withdrawn_at IS NOT NULL AND e.held_until IS NULL)"},
    Invariant{
        "a mailbox is told of every finished order, or will be, once",
        "SELECT count(*) FROM orders o WHERE (SELECT count(*) FROM notices n WHERE n.order_nr = o.nr AND n.kind = 0)"
        " <> (o.state = 2 AND o.told_at IS NULL)"},
    Invariant{"what is held waits for a notice, or has its time",
              "SELECT count(*) FROM exchange_entries e JOIN certificates k ON k.nr = e.certificate"
              " WHERE e.withdrawn_at IS NULL AND e.held_until = 253402300799"
              " AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.order_nr = k.order_nr AND n.mailbox = e.mailbox AND "
              "n.kind = 0)"},
    Invariant{"a finished order has a certificate for each of its items",
              "SELECT count(*) FROM orders o JOIN order_items i ON i.order_nr = o.nr"
              " LEFT JOIN certificates k ON k.nr = i.certificate WHERE o.state = 2 AND k.order_nr IS NOT o.nr"},
    Invariant{"an item names its profile until its certificate does",
              "SELECT count(*) FROM order_items WHERE (profile IS NULL) <> (certificate IS NOT NULL)"},
    Invariant{"a finished order keeps no CSR",
              "SELECT count(*) FROM requests r JOIN orders o ON o.nr = r.order_nr WHERE o.state <> 1"},
    Invariant{"an order that is not finished has no certificate",
              "SELECT count(*) FROM certificates k JOIN orders o ON o.nr = k.order_nr WHERE o.state <> 2"},
    Invariant{"only orders in progress have open intents",
              "SELECT count(*) FROM intents i JOIN orders o ON o.nr = i.order_nr WHERE i.revoked_at IS NULL AND "
              "o.state <> 1"},
    Invariant{"an intent that came to nothing is revoked, its order failed",
              "SELECT count(*) FROM intents i JOIN orders o ON o.nr = i.order_nr"
              " WHERE i.revoked_at IS NOT NULL AND o.state <> 3"},
    Invariant{"whoever got a certificate had a proven, posted, unended challenge of the same account",
              "SELECT count(*) FROM certificates k JOIN orders o ON o.nr = k.order_nr"
              " JOIN authorizations a ON a.nr = o.authorization JOIN challenges c ON c.nr = a.nr"
              " WHERE a.account <> o.account OR c.proven_at IS NULL OR c.posted_at IS NULL OR c.ended_at IS NOT NULL"},
    Invariant{
        "an order that failed says why",
        "SELECT count(*) FROM orders WHERE state = 3 AND (coalesce(error_kind, '') = '' OR coalesce(error_detail, "
        "'') = '')"},
    Invariant{"a deactivated account has no open order",
              "SELECT count(*) FROM orders o JOIN accounts s ON s.nr = o.account WHERE s.status = 1 AND o.state = 0"},
    Invariant{"a challenge is proven or ended, never both; none of these waits for mail",
              "SELECT count(*) FROM challenges WHERE (proven_at IS NOT NULL AND ended_at IS NOT NULL)"
              " OR (mail_due_at IS NOT NULL AND (proven_at IS NOT NULL OR ended_at IS NOT NULL))"},
    Invariant{"of the replies to a challenge at most one proved it",
              "SELECT count(*) FROM (SELECT challenge FROM judged_replies WHERE verdict = 0 AND applied = 1"
              " GROUP BY challenge HAVING count(*) > 1)"},
    Invariant{"a shard's revision counts its revocations",
              "SELECT count(*) FROM (SELECT issuer, shard FROM certificates WHERE revoked_at IS NOT NULL"
              " UNION SELECT issuer, shard FROM service_certificates WHERE revoked_at IS NOT NULL"
              " UNION SELECT issuer, shard FROM intents WHERE revoked_at IS NOT NULL) r"
              " LEFT JOIN crl_shards s ON s.issuer = r.issuer AND s.shard = r.shard WHERE coalesce(s.revision, 0) <>"
              " (SELECT count(*) FROM certificates k WHERE k.issuer = r.issuer AND k.shard = r.shard AND k.revoked_at "
              "IS NOT NULL)"
              " + (SELECT count(*) FROM service_certificates c WHERE c.issuer = r.issuer AND c.shard = r.shard"
              "    AND c.revoked_at IS NOT NULL)"
              " + (SELECT count(*) FROM intents i WHERE i.issuer = r.issuer AND i.shard = r.shard AND i.revoked_at IS "
              "NOT NULL)"},
    Invariant{"every finished order and every revocation is on the audit trail",
              "SELECT (SELECT count(*) FROM orders o WHERE o.state = 2 AND NOT EXISTS"
              "  (SELECT 1 FROM audit u WHERE u.act = 'order.issued' AND u.subject = o.id))"
              " + (SELECT count(*) FROM certificates k WHERE k.revoked_at IS NOT NULL AND NOT EXISTS"
              "  (SELECT 1 FROM audit u WHERE u.act = 'certificate.revoked' AND u.subject = k.id))"},
    Invariant{"a certificate is revoked once",
              "SELECT count(*) FROM (SELECT 1 FROM audit WHERE act IN ('certificate.revoked',"
              " 'service_certificate.revoked') GROUP BY act, subject HAVING count(*) > 1)"},
    Invariant{"what waits in an incident is live, and the incident open",
              "SELECT count(*) FROM incident_marks w JOIN incidents d ON d.nr = w.incident"
              " JOIN certificates k ON k.nr = w.certificate"
              " WHERE k.revoked_at IS NOT NULL OR d.state NOT IN (0, 3) OR k.nr > d.last"},
    Invariant{"an incident counts what became of each that it marked",
              "SELECT count(*) FROM incidents d WHERE d.state IN (0, 1, 3) AND d.marked - d.replaced - d.ended - d.gone"
              " <> (SELECT count(*) FROM incident_marks w WHERE w.incident = d.nr)"},
    Invariant{"an incident that is done has looked at all that it meant",
              "SELECT count(*) FROM incidents WHERE state = 1 AND (examined < last OR closed_at IS NULL)"},
    Invariant{"an external account key made no more accounts than it may, and each that it made is counted",
              "SELECT count(*) FROM external_keys e WHERE e.uses > coalesce(e.most_uses, e.uses)"
              " OR e.uses <> (SELECT count(*) FROM accounts s WHERE s.external_key = e.nr)"},
    Invariant{"of the finished orders at most one replaces another one's certificates, of the same account",
              "SELECT (SELECT count(*) FROM (SELECT 1 FROM orders WHERE replaced_order IS NOT NULL AND state IN (1, 2)"
              "  GROUP BY replaced_order HAVING count(*) > 1))"
              " + (SELECT count(*) FROM orders o JOIN orders r ON r.nr = o.replaced_order"
              "  WHERE r.account <> o.account OR r.state <> 2)"},
    Invariant{"every certificate of the service's own parts is on the audit trail, once",
              "SELECT count(*) FROM service_certificates r WHERE r.der IS NOT NULL AND"
              " (SELECT count(*) FROM audit u WHERE u.act IN ('responder.issued', 'certificate.adopted')"
              " AND u.subject = lower(hex(r.serial))) <> 1"},
    Invariant{"every certificate is found by its key, once",
              "SELECT abs((SELECT count(*) FROM certificates) - (SELECT count(*) FROM certificate_keys))"},
    Invariant{"no row points nowhere", "SELECT count(*) FROM pragma_foreign_key_check"},
    Invariant{"SQLite finds the file whole",
              "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"},
};

// What must hold besides, of a database whose process was ended `crashes` times, once nothing is under way any more.
inline constexpr std::array kSettledInvariants{
    Invariant{"nothing is in progress for ever", "SELECT count(*) FROM orders WHERE state = 1 AND ?1 >= 0"},
    Invariant{"a crash costs a challenge at most one mail",
              "SELECT count(*) FROM (SELECT 1 FROM challenge_mails GROUP BY challenge HAVING count(*) > 1 + ?1)"},
};

// Adds the promises that are broken to `broken`, each as a sentence. `values`: for each of the queries.
template <typename Invariants>
void checkEach(store::sqlite::Connection& db, const Invariants& invariants, store::sqlite::Connection::Values values,
               std::vector<std::string>& broken) {
    for (const Invariant& invariant : invariants) {
        const auto found =
            db.first(invariant.breaches, values, [](const store::sqlite::Row& row) { return row.integer(0); });
        if (!found) {
            broken.push_back(std::string(invariant.promise) + ": " + found.error().text());
        } else if (found->value_or(-1) != 0) {
            broken.push_back(std::string(invariant.promise) + ": " + std::to_string(found->value_or(-1)) + " breaches");
        }
    }
}

// The promises that the database at `path` breaks, each as a sentence; empty when all is well. The database may be in
// use.
inline std::vector<std::string> CheckInvariants(const std::string& path, std::optional<std::int64_t> crashes = {}) {
    auto opened = store::sqlite::Connection::open(path, store::sqlite::Access::ReadOnly);
    if (!opened) return {opened.error().text()};
    std::vector<std::string> broken;
    checkEach(*opened, kInvariants, {}, broken);
    if (crashes) checkEach(*opened, kSettledInvariants, {*crashes}, broken);
    // The audit log is one chain over all that the tables hold, and the mark beside the database does not lead it.
    if (const auto log = store::checkLog(path, std::nullopt); !log) broken.push_back(log.error().text());
    return broken;
}

}  // namespace mailca::test
