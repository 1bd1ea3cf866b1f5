// A prepared statement and the row it stands on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

#include "core/email_address.h"
#include "store/sqlite/value.h"

struct sqlite3;
struct sqlite3_stmt;

namespace mailca::store::sqlite {

// What the store wrote must parse again; if it does not, the database was changed behind our back: a broken invariant.
template <typename T>
T loaded(Result<T> result) {
    if (!result) throw std::runtime_error("the database holds a value that is none: " + result.error().text());
    return std::move(result).value();
}

// The current row of a query; columns count from 0. Good only inside the call that hands it over.
class Row final {
 public:
    explicit Row(sqlite3_stmt* statement) : m_statement(statement) {}

    bool isNull(int column) const;
    std::int64_t integer(int column) const;
    int number(int column) const { return static_cast<int>(integer(column)); }
    std::string text(int column) const;
    ByteView view(int column) const;  // as long as the row
    Bytes bytes(int column) const;
    Time time(int column) const { return fromUnix(integer(column)); }
    std::optional<Time> optionalTime(int column) const;
    std::optional<int> optionalNumber(int column) const;
    Serial serial(int column) const { return loaded(Serial::fromBytes(bytes(column))); }
    EmailAddress mailbox(int column) const { return loaded(EmailAddress::parse(text(column))); }
    template <typename SomeId>
    SomeId id(int column) const {
        return loaded(SomeId::parse(toBase64Url(bytes(column))));
    }

 private:
    sqlite3_stmt* m_statement;
};

// Owns one prepared statement. Placeholders are "?1", "?2", ... ("$1" would be a name, numbered by first appearance).
class Statement final {
 public:
    // SQLite's code in `code` when the text is refused; the statement is then empty.
    Statement(sqlite3* database, std::string_view sql, int& code);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    // Binds all placeholders anew; their number must be that of the values.
    int bind(std::span<const Value> values);
    int step();  // SQLITE_ROW, SQLITE_DONE or an error
    void reset();
    Row row() const { return Row(m_statement); }
    bool running() const { return m_running; }

 private:
    sqlite3_stmt* m_statement = nullptr;
    bool m_running = false;
};

}  // namespace mailca::store::sqlite
