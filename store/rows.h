// From rows to the nouns of registration, for all books.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "enroll/ra/types.h"
#include "store/sqlite/connection.h"

namespace mailca::store {

// The states of an order as its row holds them.
enum class OrderCode : std::uint8_t { Open = 0, InProgress = 1, Finished = 2, Failed = 3 };
inline int codeOf(OrderCode code) {
    return static_cast<int>(code);
}

// Digests, tokens and thumbprints are base64url everywhere else and octets in the database. A broken invariant unless
// the text is that.
Bytes octetsOf(std::string_view base64Url);
std::string base64UrlOf(const sqlite::Row& row, int column);

// A mailbox's row, made when there is none.
Result<std::int64_t> mailboxRow(sqlite::Connection& db, const EmailAddress& mailbox);

// An error's kind under its name, so that the numbers of ErrorKind may move.
std::string_view kindText(const Error& error);
std::optional<Error> readError(const sqlite::Row& row, int kindColumn, int detailColumn);

// The authorization of a WHERE clause over `a` (authorizations), `c` (challenges), `s` (its account); nullopt: no row.
Result<std::optional<ra::Authorization>> readAuthorization(sqlite::Connection& db, std::string_view where,
                                                           std::initializer_list<sqlite::Value> values);

// That an authorization is valid at "?2" (B49), as a condition over `a` and `c`: posted, proven, neither ended nor
// deactivated nor expired.
inline constexpr std::string_view kValidAtSecond =
    "c.posted_at IS NOT NULL AND c.proven_at IS NOT NULL AND c.ended_at IS NULL AND a.deactivated_at IS NULL"
    " AND coalesce(a.valid_until, a.expires) > ?2";

// That an order is not invalid at "?2" (B50), as a condition over `o`, `a` and `c`.
inline constexpr std::string_view kNotInvalidAtSecond =
    "(o.state IN (1, 2) OR (o.state = 0 AND o.expires > ?2 AND c.ended_at IS NULL AND a.deactivated_at IS NULL"
    " AND CASE WHEN c.posted_at IS NOT NULL AND c.proven_at IS NOT NULL THEN coalesce(a.valid_until, a.expires)"
    " ELSE a.expires END > ?2))";

// A list of texts in one column, as JSON.
std::string listText(const std::vector<std::string>& texts);
std::vector<std::string> readList(const std::string& text);

// The certificates of a clause that begins with WHERE over `k` (certificates), `o` (orders), `a`
// (authorizations), `s` (accounts).
Result<std::vector<ra::CertificateRecord>> readCertificates(sqlite::Connection& db, std::string_view where,
                                                            std::initializer_list<sqlite::Value> values);

// What an UPDATE that names the state it expects has changed: Conflict unless it found its row.
Result<void> expectOne(const Result<int>& changed, std::string_view otherwise);

}  // namespace mailca::store
