// What owners are told by mail, and entries of the exchange that wait until they were
// (docs/decisions/publication-hold.md).
#pragma once

#include <string_view>

namespace mailca::store::schema {

inline constexpr std::string_view k0009Notices = R"sql(
-- An order whose certificates the mailbox was not told of yet, or is to be reminded of before they are published. One
-- mail tells of all that its mailbox has here.
CREATE TABLE notices (
    nr       INTEGER PRIMARY KEY,
    kind     INTEGER NOT NULL,                  -- 0: notice, 1: reminder
    mailbox  INTEGER NOT NULL REFERENCES mailboxes,
    order_nr INTEGER NOT NULL REFERENCES orders,
    stranger INTEGER NOT NULL,                  -- 1: the account had none for this mailbox before
    at       INTEGER NOT NULL,
    due_at   INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX notices_due ON notices (due_at);
CREATE INDEX notices_by_mailbox ON notices (mailbox);

ALTER TABLE orders ADD COLUMN told_at INTEGER;              -- of a finished one; 0: nobody was told
UPDATE orders SET told_at = 0 WHERE state = 2;

-- NULL: published. Otherwise not to be seen before, and at the end of time as long as its mailbox was not told of it.
ALTER TABLE exchange_entries ADD COLUMN held_until INTEGER;
CREATE INDEX exchange_held ON exchange_entries (held_until) WHERE held_until IS NOT NULL AND withdrawn_at IS NULL;
)sql";

}  // namespace mailca::store::schema
