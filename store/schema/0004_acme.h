// The rest of RFC 8555 and RFC 9773: external accounts, the terms an account agreed to, authorizations that outlast
// their order, orders that replace others.
#pragma once

#include <string_view>

namespace mailca::store::schema {

inline constexpr std::string_view k0004Acme = R"sql(
CREATE TABLE external_keys (
    nr         INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,            -- the kid; the MAC key itself is stored nowhere
    comment    TEXT NOT NULL,
    allowed    TEXT NOT NULL,                   -- JSON array of addresses and domains; empty: any
    most_uses  INTEGER,                         -- NULL: any number
    uses       INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

ALTER TABLE accounts ADD COLUMN terms TEXT NOT NULL DEFAULT '';     -- URL of those agreed to
ALTER TABLE accounts ADD COLUMN external_key INTEGER REFERENCES external_keys;
ALTER TABLE accounts ADD COLUMN external_binding TEXT;              -- as sent, JSON

ALTER TABLE authorizations ADD COLUMN valid_until INTEGER;          -- once valid; NULL: until expires

ALTER TABLE orders ADD COLUMN replaces TEXT;                        -- as sent
ALTER TABLE orders ADD COLUMN replaced_order INTEGER REFERENCES orders;
CREATE INDEX orders_replacing ON orders (replaced_order) WHERE replaced_order IS NOT NULL;
-- Lists every order of an account, and its open ones too.
DROP INDEX orders_open;
CREATE INDEX orders_by_account ON orders (account);
)sql";

}  // namespace mailca::store::schema
