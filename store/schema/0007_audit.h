// The audit log becomes a hash chain, and a database knows whether it is the one that was last served
// (docs/decisions/audit.md).
#pragma once

#include <string_view>

namespace mailca::store::schema {

// After it store/audit_trail.h's chainAll() fills in the hashes.
inline constexpr std::string_view k0007Audit = R"sql(
-- Numbers are given by the writer, without gaps: what would be one is a row that somebody took away.
CREATE TABLE new_audit (
    nr      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    act     TEXT NOT NULL,
    subject ANY NOT NULL,                       -- an id, as a rule
    detail  TEXT NOT NULL,                      -- JSON object; '': what the tables hold of the order
    sha256  BLOB NOT NULL                       -- of the previous row's hash and of this row (ca/audit/log.h)
) STRICT;
INSERT INTO new_audit SELECT row_number() OVER (ORDER BY nr), at, actor, act, subject,
    CASE act WHEN 'order.issued' THEN '' ELSE detail END, x'' FROM audit;
DROP TABLE audit;
ALTER TABLE new_audit RENAME TO audit;

-- Serials that are known from the exported audit log only stand here too, as revoked, without an order.
CREATE TABLE new_intents (
    nr          INTEGER PRIMARY KEY,
    order_nr    INTEGER REFERENCES orders,
    profile     TEXT NOT NULL,
    issuer      TEXT NOT NULL,
    serial      BLOB NOT NULL,
    shard       INTEGER NOT NULL,
    tbs_sha256  BLOB NOT NULL,
    spki_sha256 BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    revoked_at  INTEGER,
    reason      INTEGER,
    UNIQUE (serial, issuer),
    CHECK (order_nr IS NOT NULL OR revoked_at IS NOT NULL)
) STRICT;
INSERT INTO new_intents SELECT nr, order_nr, profile, issuer, serial, shard, tbs_sha256, spki_sha256, recorded_at,
    revoked_at, NULL FROM intents;
DROP TABLE intents;
ALTER TABLE new_intents RENAME TO intents;
CREATE INDEX intents_by_order ON intents (order_nr);
CREATE INDEX intents_revoked ON intents (issuer, shard, length(serial), serial) WHERE revoked_at IS NOT NULL;

CREATE TABLE standing (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    state INTEGER NOT NULL                      -- 0 new, 1 its mark lies beside it, 2 a backup (store/mark.h)
) STRICT;
INSERT INTO standing VALUES (1, 0);
)sql";

}  // namespace mailca::store::schema
