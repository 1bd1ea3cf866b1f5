// One connection to an SQLite database, for one thread at a time. Statements are prepared once and kept.
//
//   TRY(const int changed, db.run("UPDATE accounts SET contacts = ?2 WHERE id = ?1", {id, contacts}));
//   TRY(const auto serials, db.all("SELECT serial FROM intents", {}, [](const Row& row) { return row.serial(0); }));
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "store/sqlite/failure.h"
#include "store/sqlite/statement.h"

namespace mailca::store::sqlite {

enum class Access : std::uint8_t { ReadWrite, ReadOnly };

class Connection final {
 public:
    // The file must exist. Waits up to 5 s for locks of other programs.
    static Result<Connection> open(const std::string& path, Access access);
    ~Connection();
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;

    using Values = std::initializer_list<Value>;
    // One statement to its end; how many rows it changed.
    Result<int> run(std::string_view sql, Values values = {});
    // Several statements without values, as in migrations.
    Result<void> script(const std::string& sql);

    // A function of that many BLOB or TEXT arguments for statements, giving a BLOB; what it throws fails the statement.
    using Function = Bytes (*)(std::span<const ByteView> arguments);
    void define(const char* name, int arguments, Function function);

    // What `read` makes of every row, in the query's order.
    template <typename Read>
    auto all(std::string_view sql, Values values, Read read)
        -> Result<std::vector<std::invoke_result_t<Read, const Row&>>> {
        std::vector<std::invoke_result_t<Read, const Row&>> found;
        TRY_VOID(each(sql, values, [&](const Row& row) {
            found.push_back(read(row));
            return Next::Row;
        }));
        return found;
    }
    template <typename Visit>
    Result<void> forEach(std::string_view sql, Values values, Visit visit) {
        return each(sql, values, [&](const Row& row) {
            visit(row);
            return Next::Row;
        });
    }
    // What `read` makes of the first row; nullopt: no row.
    template <typename Read>
    auto first(std::string_view sql, Values values, Read read)
        -> Result<std::optional<std::invoke_result_t<Read, const Row&>>> {
        std::optional<std::invoke_result_t<Read, const Row&>> found;
        TRY_VOID(each(sql, values, [&](const Row& row) {
            found.emplace(read(row));
            return Next::Stop;
        }));
        return found;
    }
    // Whether the query gives any row.
    Result<bool> any(std::string_view sql, Values values);

    std::int64_t lastRow() const;  // number of the row inserted last
    bool inTransaction() const;    // an error can have ended it behind our back
    Trouble lastTrouble() const;   // of the call that failed last
    int walFrames() const;         // in the write-ahead log, not yet copied into the database
    Result<void> checkpoint();     // copies what readers let it; does not block
    // Copies the whole database into another one, whose content goes: one snapshot, while others go on writing.
    Result<void> copyInto(Connection& target);

 private:
    struct State;
    enum class Next : std::uint8_t { Row, Stop };
    explicit Connection(std::unique_ptr<State> state);
    Result<void> each(std::string_view sql, Values values, const std::function<Next(const Row&)>& visit);
    std::unique_ptr<State> m_state;
};

}  // namespace mailca::store::sqlite
