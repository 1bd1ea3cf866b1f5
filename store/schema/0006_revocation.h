// Revocation of very many: entries of CRLs read in their order, certificates of the service revoked too, incidents.
#pragma once

#include <string_view>

namespace mailca::store::schema {

inline constexpr std::string_view k0006Revocation = R"sql(
-- An entry of a CRL is read from the index alone, by ascending serial number.
DROP INDEX certificates_revoked;
CREATE INDEX certificates_revoked
    ON certificates (issuer, shard, length(serial), serial, revoked_at, reason, not_after) WHERE revoked_at IS NOT NULL;
DROP INDEX intents_revoked;
CREATE INDEX intents_revoked ON intents (issuer, shard, length(serial), serial) WHERE revoked_at IS NOT NULL;

-- The last three are set with revoked_at.
ALTER TABLE service_certificates ADD COLUMN revoked_at INTEGER;
ALTER TABLE service_certificates ADD COLUMN reason INTEGER;
ALTER TABLE service_certificates ADD COLUMN shard INTEGER;
ALTER TABLE service_certificates ADD COLUMN not_after INTEGER;

-- A set of certificates that is to be replaced and revoked until a deadline (docs/decisions/incident.md).
CREATE TABLE incidents (
    nr              INTEGER PRIMARY KEY,
    name            TEXT NOT NULL UNIQUE,
    selection       TEXT NOT NULL,              -- JSON, as the operator gave it
    reason          INTEGER,
    explanation_url TEXT NOT NULL,              -- for clients; empty: none
    rate            INTEGER NOT NULL,           -- revocations a second, at most
    opened_at       INTEGER NOT NULL,
    deadline        INTEGER NOT NULL,
    last            INTEGER NOT NULL,           -- the newest certificate when it was opened
    examined        INTEGER NOT NULL DEFAULT 0, -- how far the certificates up to `last` were looked at
    followed        INTEGER NOT NULL,           -- how far those behind it were looked at, which may replace marked ones
    marked          INTEGER NOT NULL DEFAULT 0,
    replaced        INTEGER NOT NULL DEFAULT 0, -- of those marked: revoked because there was a successor
    ended           INTEGER NOT NULL DEFAULT 0, -- of those marked: revoked at the deadline
    gone            INTEGER NOT NULL DEFAULT 0, -- of those marked: revoked by others before
    closed_at       INTEGER,                    -- nothing is left to do, or an operator closed it
    state           INTEGER NOT NULL DEFAULT 0  -- 0 open, 1 done, 2 closed early, 3 listing
) STRICT;

-- Stands as long as the certificate waits for its end in this incident.
CREATE TABLE incident_marks (
    incident    INTEGER NOT NULL REFERENCES incidents,
    certificate INTEGER NOT NULL REFERENCES certificates,
    PRIMARY KEY (incident, certificate)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_marks_by_certificate ON incident_marks (certificate);
)sql";

}  // namespace mailca::store::schema
