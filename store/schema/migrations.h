// The numbered changes of the schema. A released one is never edited: the next change is the next number.
#pragma once

#include <span>
#include <string_view>

#include "store/sqlite/connection.h"

namespace mailca::store::schema {

struct Migration {
    int number;  // 1, 2, 3, ... without gaps
    std::string_view sql;
    Result<void> (*then)(sqlite::Connection&) = nullptr;  // what SQL cannot do, in the same transaction
};
std::span<const Migration> migrations();

// Changes nothing. Config unless the database is empty or ours and not newer than this program; Store when it is
// damaged.
Result<void> check(sqlite::Connection& connection);
// Applies what is missing, each migration in a transaction of its own.
Result<void> migrate(sqlite::Connection& connection, std::span<const Migration> steps);

}  // namespace mailca::store::schema
