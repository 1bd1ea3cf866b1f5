// What a certificate costs on the disk, halved. Ids, digests and tokens are octets, not base64url. An address is
// written once. A certificate is stored as what tells it from the model of its issuer and profile (store/packing.h).
// What was judged of replies stands once, however many replies it was said of. Digests are found by their first 8
// octets. Makes use of the functions unbase64url(text), sha256(text), packed(der, model) and packed_jwk(text).
#pragma once

#include <string_view>

namespace mailca::store::schema {

inline constexpr std::string_view k0002Compact = R"sql(
CREATE TABLE mailboxes (
    nr      INTEGER PRIMARY KEY,
    address TEXT NOT NULL UNIQUE
) STRICT;
INSERT OR IGNORE INTO mailboxes (address) SELECT mailbox FROM authorizations ORDER BY nr;
INSERT OR IGNORE INTO mailboxes (address) SELECT sender FROM challenges ORDER BY nr;
INSERT OR IGNORE INTO mailboxes (address) SELECT mailbox FROM exchange_entries ORDER BY nr;

CREATE TABLE new_accounts (
    nr              INTEGER PRIMARY KEY,
    id              BLOB NOT NULL UNIQUE,
    thumbprint      BLOB NOT NULL UNIQUE,
    packed_jwk      BLOB NOT NULL,
    key_sha256      BLOB NOT NULL,
    contacts        TEXT NOT NULL,              -- JSON array
    status          INTEGER NOT NULL,
    terms_agreed_at INTEGER,
    created_at      INTEGER NOT NULL
) STRICT;
INSERT INTO new_accounts SELECT nr, unbase64url(id), unbase64url(thumbprint), packed_jwk(jwk), key_sha256, contacts,
    status, terms_agreed_at, created_at FROM accounts;
DROP TABLE accounts;
ALTER TABLE new_accounts RENAME TO accounts;
CREATE INDEX accounts_by_key ON accounts (substr(key_sha256, 1, 8));

CREATE TABLE new_authorizations (
    nr               INTEGER PRIMARY KEY,
    id               BLOB NOT NULL UNIQUE,
    account          INTEGER NOT NULL REFERENCES accounts,
    identifier_type  INTEGER NOT NULL,
    identifier_value TEXT,                      -- as sent; NULL: as the mailbox is written
    mailbox          INTEGER NOT NULL REFERENCES mailboxes,
    created_at       INTEGER NOT NULL,
    expires          INTEGER NOT NULL,
    deactivated_at   INTEGER
) STRICT;
INSERT INTO new_authorizations SELECT a.nr, unbase64url(a.id), a.account, a.identifier_type,
    nullif(a.identifier_value, a.mailbox), b.nr, a.created_at, a.expires, a.deactivated_at
    FROM authorizations a JOIN mailboxes b ON b.address = a.mailbox;
DROP TABLE authorizations;
ALTER TABLE new_authorizations RENAME TO authorizations;
CREATE INDEX authorizations_by_mailbox ON authorizations (mailbox, created_at);
CREATE INDEX authorizations_by_account ON authorizations (account, created_at);

CREATE TABLE new_challenges (
    nr               INTEGER PRIMARY KEY REFERENCES authorizations,
    id               BLOB NOT NULL UNIQUE,
    token_part2      BLOB NOT NULL,
    sender           INTEGER NOT NULL REFERENCES mailboxes, -- the challenge mail's From
    thumbprint       BLOB NOT NULL,
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
INSERT INTO new_challenges SELECT nr, unbase64url(id), unbase64url(token_part2),
    (SELECT b.nr FROM mailboxes b WHERE b.address = sender), unbase64url(thumbprint), mail_released_at, mail_due_at,
    mail_attempts, mail_delivered_at, posted_at, proven_at, method, wrong_replies, ended_at, error_kind, error_detail
    FROM challenges;
DROP TABLE challenges;
ALTER TABLE new_challenges RENAME TO challenges;
CREATE INDEX challenges_due ON challenges (mail_due_at) WHERE mail_due_at IS NOT NULL;

CREATE TABLE new_challenge_mails (
    nr              INTEGER PRIMARY KEY,
    challenge       INTEGER NOT NULL REFERENCES challenges,
    part1_sha256    BLOB NOT NULL,              -- part 1 itself is never stored
    digest          BLOB NOT NULL,
    message_id      TEXT NOT NULL,
    envelope_sender TEXT NOT NULL,
    sent_at         INTEGER NOT NULL
) STRICT;
INSERT INTO new_challenge_mails SELECT nr, challenge, part1_sha256, unbase64url(digest), message_id, envelope_sender,
    sent_at FROM challenge_mails;
DROP TABLE challenge_mails;
ALTER TABLE new_challenge_mails RENAME TO challenge_mails;
CREATE INDEX challenge_mails_by_part1 ON challenge_mails (substr(part1_sha256, 1, 8));

-- What was found out about a reply. Mails of one provider leave the same words; each stands here once.
CREATE TABLE findings (
    nr       INTEGER PRIMARY KEY,
    sha256   BLOB NOT NULL UNIQUE,              -- of reason, a NUL, evidence
    reason   TEXT NOT NULL,
    evidence TEXT NOT NULL                      -- JSON
) STRICT;
INSERT OR IGNORE INTO findings (sha256, reason, evidence)
    SELECT sha256(reason || char(0) || evidence), reason, evidence FROM judged_replies ORDER BY nr;
CREATE TABLE new_judged_replies (
    nr         INTEGER PRIMARY KEY,
    raw_sha256 BLOB NOT NULL,
    source     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    challenge  INTEGER REFERENCES challenges,
    verdict    INTEGER NOT NULL,                -- 0 proves, 1 wrong digest, 2 proves nothing, 3 unverifiable
    applied    INTEGER NOT NULL,                -- 1: it changed the challenge
    finding    INTEGER NOT NULL REFERENCES findings
) STRICT;
INSERT INTO new_judged_replies SELECT nr, raw_sha256, source, at, challenge, verdict, applied,
    (SELECT f.nr FROM findings f WHERE f.sha256 = sha256(r.reason || char(0) || r.evidence)) FROM judged_replies r;
DROP TABLE judged_replies;
ALTER TABLE new_judged_replies RENAME TO judged_replies;
CREATE INDEX judged_replies_by_raw ON judged_replies (substr(raw_sha256, 1, 8));
CREATE INDEX judged_replies_by_challenge ON judged_replies (challenge) WHERE challenge IS NOT NULL;

CREATE TABLE new_orders (
    nr            INTEGER PRIMARY KEY,
    id            BLOB NOT NULL UNIQUE,
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
INSERT INTO new_orders SELECT nr, unbase64url(id), account, authorization, profile, created_at, expires, state,
    state_at, error_kind, error_detail FROM orders;
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;
CREATE INDEX orders_open ON orders (account) WHERE state = 0;
CREATE INDEX orders_in_progress ON orders (state_at) WHERE state = 1;

-- A certificate of this issuer and profile, whole: what the others are stored beside. Never changed, never deleted.
CREATE TABLE certificate_models (
    nr      INTEGER PRIMARY KEY,
    issuer  TEXT NOT NULL,
    profile TEXT NOT NULL,
    der     BLOB NOT NULL,
    UNIQUE (issuer, profile)
) STRICT;
INSERT INTO certificate_models (issuer, profile, der)
    SELECT issuer, profile, der FROM certificates WHERE nr IN (SELECT max(nr) FROM certificates GROUP BY issuer, profile);

-- Its mailbox is that of its order's authorization.
CREATE TABLE new_certificates (
    nr          INTEGER PRIMARY KEY,
    id          BLOB NOT NULL UNIQUE,
    order_nr    INTEGER NOT NULL REFERENCES orders,
    serial      BLOB NOT NULL,
    issuer      TEXT NOT NULL,
    shard       INTEGER NOT NULL,
    model       INTEGER NOT NULL REFERENCES certificate_models,
    not_before  INTEGER NOT NULL,
    not_after   INTEGER NOT NULL,
    revoked_at  INTEGER,
    reason      INTEGER,
    packed_der  BLOB NOT NULL,
    UNIQUE (serial, issuer)
) STRICT;
INSERT INTO new_certificates SELECT k.nr, unbase64url(k.id), k.order_nr, k.serial, k.issuer, k.shard, m.nr,
    k.not_before, k.not_after, k.revoked_at, k.reason, packed(k.der, m.der)
    FROM certificates k JOIN certificate_models m ON m.issuer = k.issuer AND m.profile = k.profile;
DROP TABLE certificates;
ALTER TABLE new_certificates RENAME TO certificates;
CREATE INDEX certificates_revoked ON certificates (issuer, shard) WHERE revoked_at IS NOT NULL;

-- The CSRs of orders that are under way; of a finished one the certificate says all that counts. In a table of their
-- own, whose pages are used again: taken out of a row among others they would leave a hole for good.
CREATE TABLE requests (
    order_nr INTEGER NOT NULL REFERENCES orders,
    position INTEGER NOT NULL,
    csr      BLOB NOT NULL,
    PRIMARY KEY (order_nr, position)
) STRICT, WITHOUT ROWID;
INSERT INTO requests SELECT i.order_nr, i.position, i.csr FROM order_items i JOIN orders o ON o.nr = i.order_nr
    WHERE i.csr IS NOT NULL AND o.state = 1;
CREATE TABLE new_order_items (
    order_nr    INTEGER NOT NULL REFERENCES orders,
    position    INTEGER NOT NULL,
    profile     TEXT,                           -- until the certificate says it
    certificate INTEGER REFERENCES certificates,
    PRIMARY KEY (order_nr, position)
) STRICT, WITHOUT ROWID;
INSERT INTO new_order_items SELECT order_nr, position, CASE WHEN certificate IS NULL THEN profile END, certificate
    FROM order_items;
DROP TABLE order_items;
ALTER TABLE new_order_items RENAME TO order_items;

CREATE TABLE new_exchange_entries (
    nr           INTEGER PRIMARY KEY,
    mailbox      INTEGER NOT NULL REFERENCES mailboxes,
    certificate  INTEGER NOT NULL REFERENCES certificates,
    trust        INTEGER NOT NULL,
    roles        INTEGER NOT NULL,              -- bits: 1 sign, 2 encrypt, 4 timestamp
    algorithm    TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    UNIQUE (mailbox, certificate)
) STRICT;
INSERT INTO new_exchange_entries SELECT e.nr, b.nr, e.certificate, e.trust, e.roles, e.algorithm, e.published_at,
    e.withdrawn_at FROM exchange_entries e JOIN mailboxes b ON b.address = e.mailbox;
DROP TABLE exchange_entries;
ALTER TABLE new_exchange_entries RENAME TO exchange_entries;

CREATE TABLE new_audit (
    nr      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    act     TEXT NOT NULL,
    subject ANY NOT NULL,                       -- an id, as a rule
    detail  TEXT NOT NULL                       -- JSON object
) STRICT;
INSERT INTO new_audit SELECT nr, at, actor, act, unbase64url(subject), detail FROM audit;
DROP TABLE audit;
ALTER TABLE new_audit RENAME TO audit;
)sql";

}  // namespace mailca::store::schema
