// What kept a challenge mail waiting, for `mailca-admin explain`.
#pragma once

#include <string_view>

namespace mailca::store::schema {

inline constexpr std::string_view k0010MailDelays = R"sql(
-- A limit that the mail met, or a try that the mail server deferred.
CREATE TABLE mail_delays (
    nr        INTEGER PRIMARY KEY,
    challenge INTEGER NOT NULL REFERENCES challenges,
    at        INTEGER NOT NULL,
    due_at    INTEGER NOT NULL,                 -- when the mail may leave, or is tried again
    why       TEXT NOT NULL
) STRICT;
CREATE INDEX mail_delays_by_challenge ON mail_delays (challenge);
)sql";

}  // namespace mailca::store::schema
