// From rows to the nouns of registration, for all books.
#pragma once

#include <optional>
#include <string>

#include "enroll/ra/types.h"
#include "store/sqlite/connection.h"

namespace mailca::store {

// The states of an order as its row holds them.
enum class OrderCode : std::uint8_t { Open = 0, InProgress = 1, Finished = 2, Failed = 3 };
inline int codeOf(OrderCode code) {
    return static_cast<int>(code);
}

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
    " AND a.expires > ?2";

// The certificates of a clause that begins with WHERE over `k` (certificates), `o` (orders), `s` (accounts).
Result<std::vector<ra::CertificateRecord>> readCertificates(sqlite::Connection& db, std::string_view where,
                                                            std::initializer_list<sqlite::Value> values);

// What an UPDATE that names the state it expects has changed: Conflict unless it found its row.
Result<void> expectOne(const Result<int>& changed, std::string_view otherwise);

}  // namespace mailca::store
