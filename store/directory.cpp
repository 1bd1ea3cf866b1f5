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
    struct Found {
        exchange::Entry entry;  // its certificate still packed
        std::int64_t model;
    };
    TRY(auto found, m_database.lookUp([&](Connection& db) {
        return db.all(
            "SELECT k.packed_der, k.model, e.roles, e.algorithm, e.trust, k.not_before, k.not_after, e.published_at"
            " FROM mailboxes b JOIN exchange_entries e ON e.mailbox = b.nr JOIN certificates k ON k.nr = e.certificate"
            " WHERE b.address = ?1 AND e.withdrawn_at IS NULL AND e.held_until IS NULL"
            " AND (e.roles & ?2) <> 0"
            " AND k.not_before <= ?3 AND k.not_after >= ?3"
            " ORDER BY e.certificate DESC",
            {mailbox.text(), bitsOf(roles), at}, [&](const Row& row) {
                return Found{{.mailbox = mailbox,
                              .certificate = row.bytes(0),
                              .roles = rolesOf(static_cast<unsigned>(row.integer(2))),
                              .algorithm = row.text(3),
                              .trust = static_cast<exchange::TrustClass>(row.number(4)),
                              .state = exchange::EntryState::Live,
                              .fingerprint = {},
                              .notBefore = row.time(5),
                              .notAfter = row.time(6),
                              .publishedAt = row.time(7)},
                             row.integer(1)};
            });
    }));
    std::vector<exchange::Entry> entries;
    entries.reserve(found.size());
    for (Found& one : found) {
        TRY(const Bytes* const itsModel, model(one.model));
        one.entry.certificate = unpack(one.entry.certificate, *itsModel);
        one.entry.fingerprint = toHex(crypto::sha256(one.entry.certificate));
        entries.push_back(std::move(one.entry));
    }
    // Newest first. Not by the database, which would copy each certificate into a table for sorting.
    std::ranges::stable_sort(entries, std::greater{}, [](const exchange::Entry& entry) {
        return std::pair(entry.publishedAt, entry.notBefore);
    });
    return entries;
}

Result<const Bytes*> Directory::model(std::int64_t nr) {
    {
        const std::lock_guard lock(m_mutex);
        if (const auto known = m_models.find(nr); known != m_models.end()) return &known->second;
    }
    TRY(auto der, m_database.lookUp([nr](Connection& db) {
        return db.first("SELECT der FROM certificate_models WHERE nr = ?1", {nr},
                        [](const Row& row) { return row.bytes(0); });
    }));
    if (!der) return fail(ErrorKind::Store, "a certificate's model is missing: the database is damaged");
    const std::lock_guard lock(m_mutex);
    return &m_models.try_emplace(nr, *std::move(der)).first->second;  // a map's values stay where they are
}

Result<void> publish(Connection& db, const exchange::Publication& publication, std::int64_t certificate, Time at,
                     Publishing when) {
    TRY(const std::int64_t mailbox, mailboxRow(db, publication.mailbox));
    const auto heldUntil = when == Publishing::Held ? std::optional(kUntilTold) : std::nullopt;
    TRY_VOID(
        db.run("INSERT INTO exchange_entries (mailbox, certificate, trust, roles, algorithm, published_at, held_until)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
               {mailbox, certificate, static_cast<int>(publication.trust), bitsOf(publication.roles),
                publication.algorithm, at, heldUntil}));
    if (heldUntil) return {};
    return recordFeed(db, at, FeedKind::Published, mailbox, certificate);
}

Result<void> show(Connection& db, std::int64_t mailbox, std::int64_t certificate, Time at) {
    TRY_VOID(expectOne(db.run("UPDATE exchange_entries SET held_until = NULL, published_at = ?3 WHERE mailbox = ?1"
                              " AND certificate = ?2 AND held_until IS NOT NULL AND withdrawn_at IS NULL",
                              {mailbox, certificate, at}),
                       "the entry is not held"));
    return recordFeed(db, at, FeedKind::Published, mailbox, certificate);
}

Result<void> withdraw(Connection& db, std::int64_t certificate, Time at) {
    TRY(const auto mailbox, db.first("SELECT a.mailbox FROM certificates k JOIN orders o ON o.nr = k.order_nr"
                                     " JOIN authorizations a ON a.nr = o.authorization WHERE k.nr = ?1",
                                     {certificate}, [](const Row& row) { return row.integer(0); }));
    if (!mailbox) return {};
    TRY(const int withdrawn, db.run("UPDATE exchange_entries SET withdrawn_at = ?3"
                                    " WHERE mailbox = ?1 AND certificate = ?2 AND withdrawn_at IS NULL",
                                    {*mailbox, certificate, at}));
    if (withdrawn == 0) return {};  // never meant to be public
    TRY(const bool seen, db.any("SELECT 1 FROM exchange_entries WHERE mailbox = ?1 AND certificate = ?2"
                                " AND held_until IS NULL",
                                {*mailbox, certificate}));
    if (!seen) return {};
    return recordFeed(db, at, FeedKind::Withdrawn, *mailbox, certificate);
}

}  // namespace mailca::store
