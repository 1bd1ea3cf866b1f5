#include "store/audit_trail.h"

#include "core/crypto/hash.h"
#include "store/packing.h"
#include "store/traces.h"

namespace mailca::store {
namespace {

using ca::audit::Entry;
using ca::audit::Head;
using sqlite::Connection;
using sqlite::Row;

// Octets are ids, which everybody outside knows in base64url.
std::string subjectText(const sqlite::Value& subject) {
    struct Speller {
        std::string operator()(sqlite::Null) const { return {}; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(std::string_view text) const { return std::string(text); }
        std::string operator()(ByteView octets) const { return toBase64Url(octets); }
        std::string operator()(const sqlite::IdOctets& octets) const { return toBase64Url(octets); }
    };
    return std::visit(Speller{}, subject.content());
}

// Of a certificate in store; empty when it was damaged, so that Check tells at which row.
std::string digestOf(ByteView packed, ByteView model) {
    try {
        return toHex(crypto::sha256(unpack(packed, model)));
    } catch (const std::runtime_error&) {
        return {};
    }
}

Result<json::Array> certificatesOf(Connection& db, const Bytes& order) {
    TRY(auto certificates,
        db.all("SELECT k.id, k.issuer, m.profile, k.serial, k.shard, k.packed_der, m.der FROM orders o"
               " JOIN order_items i ON i.order_nr = o.nr JOIN certificates k ON k.nr = i.certificate"
               " JOIN certificate_models m ON m.nr = k.model WHERE o.id = ?1 ORDER BY i.position",
               {order}, [](const Row& row) {
                   return json::object({{"id", toBase64Url(row.view(0))},
                                        {"issuer", row.text(1)},
                                        {"profile", row.text(2)},
                                        {"serial", toHex(row.view(3))},
                                        {"shard", row.integer(4)},
                                        {"sha256", digestOf(row.view(5), row.view(6))}});
               }));
    return json::Array(std::move(certificates));
}

// What was issued for whom, and on which proof (D51). All of it never changes once the order is finished.
// "{}" when there is no such order: Check tells at which row.
Result<std::string> issuanceDetail(Connection& db, std::string_view order) {
    const Bytes id = fromBase64Url(order).value_or(Bytes());
    TRY(auto detail,
        db.first("SELECT s.id, a.id, b.address, r.raw_sha256 FROM orders o JOIN accounts s ON s.nr = o.account"
                 " JOIN authorizations a ON a.nr = o.authorization JOIN mailboxes b ON b.nr = a.mailbox"
                 " LEFT JOIN judged_replies r ON r.challenge = a.nr AND r.verdict = 0 AND r.applied = 1"
                 " WHERE o.id = ?1",
                 {id}, [](const Row& row) {
                     return json::object({{"account", toBase64Url(row.view(0))},
                                          {"authorization", toBase64Url(row.view(1))},
                                          {"mailbox", row.text(2)},
                                          {"reply", toHex(row.view(3))}});
                 }));
    if (!detail) return std::string("{}");
    TRY(json::Array certificates, certificatesOf(db, id));
    return detail->set("certificates", std::move(certificates)).dump();
}

Result<void> insert(Connection& db, const Entry& entry, const sqlite::Value& subject, std::string_view storedDetail) {
    const ca::audit::Row& row = entry.row;
    TRY_VOID(
        db.run("INSERT INTO audit (nr, at, actor, act, subject, detail, sha256) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
               {row.nr, row.at, row.actor, row.act, subject, storedDetail, entry.sha256}));
    return {};
}

enum class Detail : std::uint8_t { Stored, InTables };

Result<void> append(Connection& db, ca::audit::Row row, const sqlite::Value& subject, Detail where) {
    TRY(const Head head, readHead(db));
    row.nr = head.nr + 1;
    row.subject = subjectText(subject);
    Bytes sha256 = ca::audit::chained(head.sha256, row);
    const std::string stored = where == Detail::Stored ? row.detail : "";
    return insert(db, {std::move(row), std::move(sha256)}, subject, stored);
}

}  // namespace

Result<Head> readHead(Connection& db) {
    TRY(auto head, db.first("SELECT nr, sha256 FROM audit ORDER BY nr DESC LIMIT 1", {}, [](const Row& row) {
        return Head{row.integer(0), row.bytes(1)};
    }));
    return head ? *std::move(head) : Head{};
}

Result<std::vector<Entry>> readEntries(Connection& db, std::int64_t after, int limit) {
    TRY(auto entries, db.all("SELECT nr, at, actor, act, subject, typeof(subject) = 'blob', detail, sha256 FROM audit"
                             " WHERE nr > ?1 ORDER BY nr LIMIT ?2",
                             {after, limit}, [](const Row& row) {
                                 std::string subject = row.number(5) != 0 ? toBase64Url(row.view(4)) : row.text(4);
                                 return Entry{{row.integer(0), row.time(1), row.text(2), row.text(3),
                                               std::move(subject), row.text(6)},
                                              row.bytes(7)};
                             }));
    for (Entry& entry : entries) {
        if (!entry.row.detail.empty()) continue;
        TRY(entry.row.detail, issuanceDetail(db, entry.row.subject));
    }
    return entries;
}

Result<void> recordAct(Connection& db, const Act& act) {
    return append(db, {0, act.at, act.actor, std::string(act.act), {}, act.detail.dump()}, act.subject, Detail::Stored);
}

Result<void> recordIssuance(Connection& db, Time at, const OrderId& order) {
    TRY(std::string detail, issuanceDetail(db, order.text()));
    return append(db, {0, at, "mailcad", "order.issued", {}, std::move(detail)}, order, Detail::InTables);
}

Result<void> insertEntry(Connection& db, const Entry& entry) {
    // As the writer would have stored it: ids as octets, by which rows are found.
    const auto id = OrderId::parse(entry.row.subject);
    return insert(db, entry, id ? sqlite::Value(*id) : sqlite::Value(entry.row.subject), entry.row.detail);
}

Result<void> chainAll(Connection& db) {
    constexpr int kAtOnce = 1000;
    Head head;
    while (true) {
        TRY(const auto entries, readEntries(db, head.nr, kAtOnce));
        if (entries.empty()) return {};
        for (const Entry& entry : entries) {
            head = {entry.row.nr, ca::audit::chained(head.sha256, entry.row)};
            TRY_VOID(db.run("UPDATE audit SET sha256 = ?2 WHERE nr = ?1", {head.nr, head.sha256}));
        }
    }
}

}  // namespace mailca::store
