#include "store/sqlite/statement.h"

#include <sqlite3.h>

namespace mailca::store::sqlite {
namespace {

// A null pointer would bind NULL, so that empty values point somewhere; all values outlive the call, hence
// SQLITE_STATIC.
struct Binder {
    sqlite3_stmt* statement;
    int position;

    int operator()(Null) const { return ::sqlite3_bind_null(statement, position); }
    int operator()(std::int64_t number) const { return ::sqlite3_bind_int64(statement, position, number); }
    int operator()(std::string_view text) const {
        return ::sqlite3_bind_text64(statement, position, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                                     SQLITE_UTF8);
    }
    int operator()(ByteView bytes) const {
        if (bytes.empty()) return ::sqlite3_bind_zeroblob(statement, position, 0);
        return ::sqlite3_bind_blob64(statement, position, bytes.data(), bytes.size(), SQLITE_STATIC);
    }
    int operator()(const IdOctets& id) const { return operator()(ByteView(id)); }
};

}  // namespace

bool Row::isNull(int column) const {
    return ::sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

std::int64_t Row::integer(int column) const {
    return ::sqlite3_column_int64(m_statement, column);
}

std::string Row::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(::sqlite3_column_text(m_statement, column));
    return data == nullptr ? std::string()
                           : std::string(data, static_cast<std::size_t>(::sqlite3_column_bytes(m_statement, column)));
}

ByteView Row::view(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(::sqlite3_column_blob(m_statement, column));
    return {data, data == nullptr ? 0 : static_cast<std::size_t>(::sqlite3_column_bytes(m_statement, column))};
}

Bytes Row::bytes(int column) const {
    const ByteView found = view(column);
    return {found.begin(), found.end()};
}

std::optional<Time> Row::optionalTime(int column) const {
    return isNull(column) ? std::nullopt : std::optional(time(column));
}

std::optional<int> Row::optionalNumber(int column) const {
    return isNull(column) ? std::nullopt : std::optional(number(column));
}

Statement::Statement(sqlite3* database, std::string_view sql, int& code) {
    code = ::sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                &m_statement, nullptr);
}

Statement::~Statement() {
    ::sqlite3_finalize(m_statement);
}

int Statement::bind(std::span<const Value> values) {
    if (m_running) throw std::logic_error("a statement was started again inside its own rows");
    if (static_cast<int>(values.size()) != ::sqlite3_bind_parameter_count(m_statement)) {
        throw std::logic_error("a statement's values do not match its placeholders");
    }
    int position = 0;
    for (const Value& value : values) {
        const int code = std::visit(Binder{m_statement, ++position}, value.content());
        if (code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
}

int Statement::step() {
    m_running = true;
    return ::sqlite3_step(m_statement);
}

void Statement::reset() {
    ::sqlite3_reset(m_statement);
    ::sqlite3_clear_bindings(m_statement);
    m_running = false;
}

}  // namespace mailca::store::sqlite
