// The first schema. Times are seconds since 1970; ids of resources are text, rows point at each other by number (nr),
// which keeps a certificate cheap to store. Small numbers for states and kinds are those of the enums they come from
// (enroll/ra/types.h, exchange/directory/port.h): they never change their meaning.
#pragma once

#include <string_view>

namespace mailca::store::schema {

inline constexpr std::string_view k0001First = R"sql(
CREATE TABLE accounts (
    nr              INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    thumbprint      TEXT NOT NULL UNIQUE,
    jwk             TEXT NOT NULL,
    key_sha256      BLOB NOT NULL,
    contacts        TEXT NOT NULL,              -- JSON array
    status          INTEGER NOT NULL,
    terms_agreed_at INTEGER,
    created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX accounts_by_key ON accounts (key_sha256);

CREATE TABLE authorizations (
    nr               INTEGER PRIMARY KEY,
    id               TEXT NOT NULL UNIQUE,
    account          INTEGER NOT NULL REFERENCES accounts,
    identifier_type  INTEGER NOT NULL,
    identifier_value TEXT NOT NULL,             -- as sent
    mailbox          TEXT NOT NULL,             -- parsed
    domain           TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    expires          INTEGER NOT NULL,
    deactivated_at   INTEGER
) STRICT;
CREATE INDEX authorizations_by_mailbox ON authorizations (mailbox, created_at);
CREATE INDEX authorizations_by_account ON authorizations (account, created_at);
CREATE INDEX authorizations_by_domain ON authorizations (domain, created_at);

-- One a authorization, under the same number.
CREATE TABLE challenges (
    nr               INTEGER PRIMARY KEY REFERENCES authorizations,
    id               TEXT NOT NULL UNIQUE,
    token_part2      TEXT NOT NULL,
    sender           TEXT NOT NULL,             -- the challenge mail's From
    thumbprint       TEXT NOT NULL,
    mail_released_at INTEGER,
    mail_due_at      INTEGER,                   -- the next send; NULL: none waits
    mail_attempts    INTEGER NOT NULL DEFAULT 0,
    mail_delivered_at INTEGER,
    posted_at        INTEGER,
    proven_at        INTEGER,
    method           INTEGER,
    wrong_replies    INTEGER NOT NULL DEFAULT 0,
    ended_at         INTEGER,
    error_kind       TEXT,
    error_detail     TEXT
) STRICT;
CREATE INDEX challenges_due ON challenges (mail_due_at) WHERE mail_due_at IS NOT NULL;

CREATE TABLE challenge_mails (
    nr              INTEGER PRIMARY KEY,
    challenge       INTEGER NOT NULL REFERENCES challenges,
    part1_sha256    BLOB NOT NULL UNIQUE,       -- part 1 itself is never stored
    digest          TEXT NOT NULL,
    message_id      TEXT NOT NULL,
    envelope_sender TEXT NOT NULL,
    sent_at         INTEGER NOT NULL
) STRICT;

CREATE TABLE judged_replies (
    nr         INTEGER PRIMARY KEY,
    raw_sha256 BLOB NOT NULL UNIQUE,
    source     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    challenge  INTEGER REFERENCES challenges,
    verdict    INTEGER NOT NULL,                -- 0 proves, 1 wrong digest, 2 proves nothing, 3 unverifiable
    applied    INTEGER NOT NULL,                -- 1: it changed the challenge
    reason     TEXT NOT NULL,
    evidence   TEXT NOT NULL
) STRICT;
CREATE INDEX judged_replies_by_challenge ON judged_replies (challenge) WHERE challenge IS NOT NULL;

CREATE TABLE orders (
    nr            INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    account       INTEGER NOT NULL REFERENCES accounts,
    authorization INTEGER NOT NULL REFERENCES authorizations,
    profile       TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    expires       INTEGER NOT NULL,
    state         INTEGER NOT NULL,             -- 0 open, 1 in progress, 2 finished, 3 failed
    state_at      INTEGER NOT NULL,
    error_kind    TEXT,
    error_detail  TEXT
) STRICT;
CREATE INDEX orders_open ON orders (account) WHERE state = 0;
CREATE INDEX orders_in_progress ON orders (state_at) WHERE state = 1;

CREATE TABLE certificates (
    nr          INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    order_nr    INTEGER NOT NULL REFERENCES orders,
    mailbox     TEXT NOT NULL,
    serial      BLOB NOT NULL,
    issuer      TEXT NOT NULL,
    shard       INTEGER NOT NULL,
    profile     TEXT NOT NULL,
    spki_sha256 BLOB NOT NULL,
    not_before  INTEGER NOT NULL,
    not_after   INTEGER NOT NULL,
    revoked_at  INTEGER,
    reason      INTEGER,
    der         BLOB NOT NULL,
    UNIQUE (serial, issuer)
) STRICT;
CREATE INDEX certificates_by_mailbox ON certificates (mailbox);
CREATE INDEX certificates_revoked ON certificates (issuer, shard) WHERE revoked_at IS NOT NULL;

-- The CSR stays until the order is finished; from then on the certificate says all of it that counts.
CREATE TABLE order_items (
    order_nr    INTEGER NOT NULL REFERENCES orders,
    position    INTEGER NOT NULL,
    profile     TEXT NOT NULL,
    csr         BLOB,
    certificate INTEGER REFERENCES certificates,
    PRIMARY KEY (order_nr, position)
) STRICT, WITHOUT ROWID;

-- A row stands from the decision to sign until the certificate is recorded. One that never got there keeps its serial
-- as revoked: nobody knows whether it was signed.
CREATE TABLE intents (
    nr          INTEGER PRIMARY KEY,
    order_nr    INTEGER NOT NULL REFERENCES orders,
    profile     TEXT NOT NULL,
    issuer      TEXT NOT NULL,
    serial      BLOB NOT NULL,
    shard       INTEGER NOT NULL,
    tbs_sha256  BLOB NOT NULL,
    spki_sha256 BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    revoked_at  INTEGER,
    UNIQUE (serial, issuer)
) STRICT;
CREATE INDEX intents_by_order ON intents (order_nr);
CREATE INDEX intents_revoked ON intents (issuer, shard) WHERE revoked_at IS NOT NULL;

CREATE TABLE blocked_keys (
    spki_sha256 BLOB NOT NULL PRIMARY KEY,
    at          INTEGER NOT NULL,
    certificate INTEGER REFERENCES certificates
) STRICT, WITHOUT ROWID;

CREATE TABLE exchange_entries (
    nr           INTEGER PRIMARY KEY,
    mailbox      TEXT NOT NULL,
    certificate  INTEGER NOT NULL REFERENCES certificates,
    trust        INTEGER NOT NULL,
    roles        INTEGER NOT NULL,              -- bits: 1 sign, 2 encrypt, 4 timestamp
    algorithm    TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    UNIQUE (mailbox, certificate)
) STRICT;

-- What changed in the exchange, in order, for those who follow it.
CREATE TABLE feed (
    nr    INTEGER PRIMARY KEY AUTOINCREMENT,
    at    INTEGER NOT NULL,
    kind  INTEGER NOT NULL,                     -- 0 published, 1 withdrawn
    entry INTEGER NOT NULL REFERENCES exchange_entries
) STRICT;

CREATE TABLE audit (
    nr      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    act     TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL                       -- JSON object
) STRICT;

-- Counts the revocations of a CRL shard.
CREATE TABLE crl_shards (
    issuer   TEXT NOT NULL,
    shard    INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (issuer, shard)
) STRICT, WITHOUT ROWID;

-- The latest CRL of each shard, and the revision it was made from.
CREATE TABLE crls (
    nr          INTEGER PRIMARY KEY,
    issuer      TEXT NOT NULL,
    shard       INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    this_update INTEGER NOT NULL,
    next_update INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    der         BLOB NOT NULL,
    UNIQUE (issuer, shard)
) STRICT;
)sql";

}  // namespace mailca::store::schema
