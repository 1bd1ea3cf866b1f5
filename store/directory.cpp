#include "store/directory.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "core/crypto/hash.h"
#include "store/packing.h"
#include "store/rows.h"
#include "store/traces.h"

namespace mailca::store {
namespace {

using exchange::Role;
using sqlite::Connection;
using sqlite::Row;

constexpr std::array kRoles{Role::Sign, Role::Encrypt, Role::Timestamp};

unsigned bitOf(Role role) {
    return 1u << static_cast<unsigned>(role);
}

unsigned bitsOf(const std::vector<Role>& roles) {
    unsigned bits = 0;
    for (const Role role : roles) bits |= bitOf(role);
    return bits;
}

std::vector<Role> rolesOf(unsigned bits) {
    std::vector<Role> roles;
    for (const Role role : kRoles) {
        if ((bits & bitOf(role)) != 0) roles.push_back(role);
    }
    return roles;
}

}  // namespace

// The fingerprint is computed, not stored: a digest a certificate on the disk costs more than one a lookup.
Result<std::vector<exchange::Entry>> Directory::lookup(const EmailAddress& mailbox, const std::vector<Role>& roles,
                                                       Time at) {
    TRY(auto entries, m_database.readOne([&](Connection& db) {
        return db.all(
            "SELECT k.packed_der, e.roles, e.algorithm, e.trust, k.not_before, k.not_after, e.published_at, m.der"
            " FROM mailboxes b JOIN exchange_entries e ON e.mailbox = b.nr JOIN certificates k ON k.nr = e.certificate"
            " JOIN certificate_models m ON m.nr = k.model"
            " WHERE b.address = ?1 AND e.withdrawn_at IS NULL AND (e.roles & ?2) <> 0"
            " AND k.not_before <= ?3 AND k.not_after >= ?3"
            " ORDER BY e.certificate DESC",
            {mailbox.text(), bitsOf(roles), at}, [&](const Row& row) {
                Bytes der = unpack(row.view(0), row.view(7));
                std::string fingerprint = toHex(crypto::sha256(der));
                return exchange::Entry{.mailbox = mailbox,
                                       .certificate = std::move(der),
                                       .roles = rolesOf(static_cast<unsigned>(row.integer(1))),
                                       .algorithm = row.text(2),
                                       .trust = static_cast<exchange::TrustClass>(row.number(3)),
                                       .state = exchange::EntryState::Live,
                                       .fingerprint = std::move(fingerprint),
                                       .notBefore = row.time(4),
                                       .notAfter = row.time(5),
                                       .publishedAt = row.time(6)};
            });
    }));
    // Newest first. Not by the database, which would copy each certificate into a table for sorting.
    std::ranges::stable_sort(entries, std::greater{}, [](const exchange::Entry& entry) {
        return std::pair(entry.publishedAt, entry.notBefore);
    });
    return entries;
}

Result<void> publish(Connection& db, const exchange::Publication& publication, std::int64_t certificate, Time at) {
    TRY(const std::int64_t mailbox, mailboxRow(db, publication.mailbox));
    TRY_VOID(
        db.run("INSERT INTO exchange_entries (mailbox, certificate, trust, roles, algorithm, published_at)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
               {mailbox, certificate, static_cast<int>(publication.trust), bitsOf(publication.roles),
                publication.algorithm, at}));
    return recordFeed(db, at, FeedKind::Published, db.lastRow());
}

Result<void> withdraw(Connection& db, std::int64_t certificate, Time at) {
    TRY(const auto entry, db.first("SELECT e.nr FROM certificates k JOIN orders o ON o.nr = k.order_nr"
                                   " JOIN authorizations a ON a.nr = o.authorization"
                                   " JOIN exchange_entries e ON e.mailbox = a.mailbox AND e.certificate = k.nr"
                                   " WHERE k.nr = ?1 AND e.withdrawn_at IS NULL",
                                   {certificate}, [](const Row& row) { return row.integer(0); }));
    if (!entry) return {};  // never meant to be public
    TRY_VOID(db.run("UPDATE exchange_entries SET withdrawn_at = ?2 WHERE nr = ?1", {*entry, at}));
    return recordFeed(db, at, FeedKind::Withdrawn, *entry);
}

}  // namespace mailca::store
