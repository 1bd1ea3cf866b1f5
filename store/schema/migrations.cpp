#include "store/schema/migrations.h"

#include <array>
#include <string>

#include "store/schema/0001_first.h"
#include "store/schema/0003_service_certificates.h"
#include "store/schema/0004_acme.h"

namespace mailca::store::schema {
namespace {

constexpr std::int64_t kApplicationId = 0x4D614341;  // "MaCA", so that `file` and we tell our databases from others

Result<std::int64_t> pragma(sqlite::Connection& connection, std::string_view question) {
    TRY(const auto answer, connection.first(question, {}, [](const sqlite::Row& row) { return row.integer(0); }));
    return answer.value_or(0);
}

}  // namespace

std::span<const Migration> migrations() {
    static constexpr std::array<Migration, 3> kMigrations{
        {{1, k0001First}, {3, k0003ServiceCertificates}, {4, k0004Acme}}};
    return kMigrations;
}

Result<void> check(sqlite::Connection& connection) {
    TRY(const std::int64_t tables, pragma(connection, "SELECT count(*) FROM sqlite_schema"));
    TRY(const std::int64_t application, pragma(connection, "PRAGMA application_id"));
    TRY(const std::int64_t version, pragma(connection, "PRAGMA user_version"));
    if (tables == 0 && version == 0) return {};
    if (application != kApplicationId) {
        return fail(ErrorKind::Config, "this is the database of another program; name a file of mailcad's own");
    }
    const int known = migrations().back().number;
    if (version > known) {
        return fail(ErrorKind::Config, "its schema is version " + std::to_string(version) +
                                           ", this mailcad knows up to " + std::to_string(known) +
                                           ": run the newer mailcad, or restore the backup made before its upgrade");
    }
    return {};
}

Result<void> migrate(sqlite::Connection& connection, std::span<const Migration> steps) {
    TRY(const std::int64_t version, pragma(connection, "PRAGMA user_version"));
    for (const Migration& step : steps) {
        if (step.number <= version) continue;
        const std::string script = "BEGIN IMMEDIATE;" + std::string(step.sql) +
                                   "PRAGMA application_id=" + std::to_string(kApplicationId) +
                                   ";PRAGMA user_version=" + std::to_string(step.number) + ";COMMIT;";
        if (auto done = connection.script(script); !done) {
            if (connection.inTransaction()) (void)connection.run("ROLLBACK");
            Error error = std::move(done).error();
            error.detail = "schema change " + std::to_string(step.number) + ": " + error.detail;
            return error;
        }
    }
    return {};
}

}  // namespace mailca::store::schema
