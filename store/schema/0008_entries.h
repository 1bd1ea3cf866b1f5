// An entry of the exchange is found by its mailbox in one descent, not by an index and then a row. The feed names what
// it tells of: the mailbox and the certificate.
#pragma once

#include <string_view>

namespace mailca::store::schema {

inline constexpr std::string_view k0008Entries = R"sql(
CREATE TABLE new_exchange_entries (
    mailbox      INTEGER NOT NULL REFERENCES mailboxes,
    certificate  INTEGER NOT NULL REFERENCES certificates,
    trust        INTEGER NOT NULL,
    roles        INTEGER NOT NULL,              -- bits: 1 sign, 2 encrypt, 4 timestamp
    algorithm    TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    PRIMARY KEY (mailbox, certificate)
) STRICT, WITHOUT ROWID;
INSERT INTO new_exchange_entries SELECT mailbox, certificate, trust, roles, algorithm, published_at, withdrawn_at
    FROM exchange_entries;

CREATE TABLE new_feed (
    nr          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    kind        INTEGER NOT NULL,               -- 0 published, 1 withdrawn
    mailbox     INTEGER NOT NULL,
    certificate INTEGER NOT NULL,
    FOREIGN KEY (mailbox, certificate) REFERENCES exchange_entries
) STRICT;
INSERT INTO new_feed SELECT f.nr, f.at, f.kind, e.mailbox, e.certificate
    FROM feed f LEFT JOIN exchange_entries e ON e.nr = f.entry;
DROP TABLE feed;
ALTER TABLE new_feed RENAME TO feed;
DROP TABLE exchange_entries;
ALTER TABLE new_exchange_entries RENAME TO exchange_entries;
)sql";

}  // namespace mailca::store::schema
