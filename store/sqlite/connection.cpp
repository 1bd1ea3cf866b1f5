#include "store/sqlite/connection.h"

#include <sqlite3.h>

#include <unordered_map>

namespace mailca::store::sqlite {
namespace {

constexpr int kBusyMilliseconds = 5000;

struct Closer {
    void operator()(sqlite3* database) const { ::sqlite3_close_v2(database); }
};

// Finds a std::string by a std::string_view.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// Ends a statement's run however the function is left.
class Run final {
 public:
    explicit Run(Statement& statement) : m_statement(statement) {}
    ~Run() { m_statement.reset(); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

 private:
    Statement& m_statement;
};

void callFunction(sqlite3_context* context, int count, sqlite3_value** values) {
    std::vector<ByteView> arguments;
    for (sqlite3_value* const value : std::span(values, static_cast<std::size_t>(count))) {
        const auto* octets = static_cast<const std::uint8_t*>(::sqlite3_value_blob(value));
        arguments.emplace_back(octets, static_cast<std::size_t>(::sqlite3_value_bytes(value)));
    }
    try {
        const auto* function = static_cast<const Connection::Function*>(::sqlite3_user_data(context));
        const Bytes result = (*function)(arguments);
        ::sqlite3_result_blob64(context, result.data(), result.size(), SQLITE_TRANSIENT);
    } catch (const std::exception& exception) {
        ::sqlite3_result_error(context, exception.what(), -1);
    }
}

}  // namespace

struct Connection::State {
    std::unique_ptr<sqlite3, Closer> database;
    // Closed before the database: declared after it.
    std::unordered_map<std::string, std::unique_ptr<Statement>, TextHash, std::equal_to<>> statements;
    Trouble trouble = Trouble::None;
    int walFrames = 0;

    Error failure() {
        const int code = ::sqlite3_extended_errcode(database.get());
        trouble = troubleOf(code);
        return errorOf(code, ::sqlite3_errmsg(database.get()));
    }

    Result<Statement*> prepare(std::string_view sql) {
        if (const auto known = statements.find(sql); known != statements.end()) return known->second.get();
        int code = SQLITE_OK;
        auto statement = std::make_unique<Statement>(database.get(), sql, code);
        if (code != SQLITE_OK) return failure();
        return statements.emplace(sql, std::move(statement)).first->second.get();
    }

    static int countFrames(void* state, sqlite3*, const char*, int frames) {
        static_cast<State*>(state)->walFrames = frames;
        return SQLITE_OK;
    }
};

Connection::Connection(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

Result<Connection> Connection::open(const std::string& path, Access access) {
    const int flags = (access == Access::ReadWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
                      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    auto state = std::make_unique<State>();
    sqlite3* database = nullptr;
    const int code = ::sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
    state->database.reset(database);
    if (code != SQLITE_OK) {
        return errorOf(code, database == nullptr ? ::sqlite3_errstr(code) : ::sqlite3_errmsg(database));
    }
    ::sqlite3_busy_timeout(database, kBusyMilliseconds);
    // A plan does not depend on the values bound: where one might, SQLite would plan anew for every other value.
    ::sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
    // Whoever counts the frames decides about checkpoints: the hook takes the place of the automatic ones.
    ::sqlite3_wal_hook(database, &State::countFrames, state.get());
    return Connection(std::move(state));
}

Result<void> Connection::each(std::string_view sql, Values values, const std::function<Next(const Row&)>& visit) {
    TRY(Statement* const statement, m_state->prepare(sql));
    if (statement->bind(values) != SQLITE_OK) return m_state->failure();
    const Run run(*statement);
    while (true) {
        const int code = statement->step();
        if (code == SQLITE_DONE) return {};
        if (code != SQLITE_ROW) return m_state->failure();
        if (visit(statement->row()) == Next::Stop) return {};
    }
}

Result<int> Connection::run(std::string_view sql, Values values) {
    TRY_VOID(each(sql, values, [](const Row&) { return Next::Row; }));
    return ::sqlite3_changes(m_state->database.get());
}

Result<bool> Connection::any(std::string_view sql, Values values) {
    TRY(const auto row, first(sql, values, [](const Row&) { return Null{}; }));
    return row.has_value();
}

Result<void> Connection::script(const std::string& sql) {
    const int code = ::sqlite3_exec(m_state->database.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return m_state->failure();
    return {};
}

void Connection::define(const char* name, int arguments, Function function) {
    const int code = ::sqlite3_create_function_v2(
        m_state->database.get(), name, arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC, new Function(function),
        &callFunction, nullptr, nullptr, [](void* held) { delete static_cast<Function*>(held); });
    if (code != SQLITE_OK) throw std::logic_error("a function that SQLite does not take");
}

std::int64_t Connection::lastRow() const {
    return ::sqlite3_last_insert_rowid(m_state->database.get());
}

bool Connection::inTransaction() const {
    return ::sqlite3_get_autocommit(m_state->database.get()) == 0;
}

Trouble Connection::lastTrouble() const {
    return m_state->trouble;
}

int Connection::walFrames() const {
    return m_state->walFrames;
}

Result<void> Connection::checkpoint() {
    int inLog = 0;
    int copied = 0;
    const int code =
        ::sqlite3_wal_checkpoint_v2(m_state->database.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &inLog, &copied);
    if (code != SQLITE_OK && troubleOf(code) != Trouble::Locked) return m_state->failure();
    m_state->walFrames = inLog - copied;
    return {};
}

Result<void> Connection::copyInto(Connection& target) {
    sqlite3* const into = target.m_state->database.get();
    sqlite3_backup* const copy = ::sqlite3_backup_init(into, "main", m_state->database.get(), "main");
    if (copy == nullptr) return target.m_state->failure();
    (void)::sqlite3_backup_step(copy, -1);
    if (::sqlite3_backup_finish(copy) != SQLITE_OK) return target.m_state->failure();
    return {};
}

}  // namespace mailca::store::sqlite
