#include "store/schema/migrations.h"

#include <array>
#include <string>

#include "core/crypto/hash.h"
#include "core/x509/certificate.h"
#include "store/audit_trail.h"
#include "store/packing.h"
#include "store/schema/0001_first.h"
#include "store/schema/0002_compact.h"
#include "store/schema/0003_service_certificates.h"
#include "store/schema/0004_acme.h"
#include "store/schema/0005_keys.h"
#include "store/schema/0006_revocation.h"
#include "store/schema/0007_audit.h"
#include "store/schema/0008_entries.h"
#include "store/schema/0009_notices.h"
#include "store/schema/0010_mail_delays.h"

namespace mailca::store::schema {
namespace {

constexpr std::int64_t kApplicationId = 0x4D614341;  // "MaCA", so that `file` and we tell our databases from others

Result<std::int64_t> pragma(sqlite::Connection& connection, std::string_view question) {
    TRY(const auto answer, connection.first(question, {}, [](const sqlite::Row& row) { return row.integer(0); }));
    return answer.value_or(0);
}

using Arguments = std::span<const ByteView>;

// What migrations need and SQLite does not have.
void defineFunctions(sqlite::Connection& connection) {
    connection.define("unbase64url", 1, [](Arguments a) { return fromBase64Url(asText(a[0])).value(); });
    connection.define("sha256", 1, [](Arguments a) { return crypto::sha256(a[0]); });
    connection.define("packed_jwk", 1, [](Arguments a) { return packJwk(asText(a[0])); });
    connection.define("packed", 2, [](Arguments a) { return pack(a[0], a[1]); });
    connection.define("spki_sha256", 2, [](Arguments a) { return x509::spkiSha256Of(unpack(a[0], a[1])).value(); });
}

// One migration, whole or not at all. A table that others refer to is replaced while references are not looked at; all
// of them are afterwards.
Result<void> apply(sqlite::Connection& connection, const Migration& step) {
    TRY_VOID(connection.script("PRAGMA foreign_keys=OFF; BEGIN IMMEDIATE;" + std::string(step.sql)));
    if (step.then != nullptr) TRY_VOID(step.then(connection));
    TRY(const bool dangling, connection.any("PRAGMA foreign_key_check", {}));
    if (dangling) return fail(ErrorKind::Store, "it would leave a row that points nowhere");
    return connection.script("PRAGMA application_id=" + std::to_string(kApplicationId) +
                             ";PRAGMA user_version=" + std::to_string(step.number) + ";COMMIT;");
}

}  // namespace

std::span<const Migration> migrations() {
    static constexpr std::array<Migration, 10> kMigrations{{{1, k0001First},
                                                            {2, k0002Compact},
                                                            {3, k0003ServiceCertificates},
                                                            {4, k0004Acme},
                                                            {5, k0005Keys},
                                                            {6, k0006Revocation},
                                                            {7, k0007Audit, &chainAll},
                                                            {8, k0008Entries},
                                                            {9, k0009Notices},
                                                            {10, k0010MailDelays}}};
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
    defineFunctions(connection);
    for (const Migration& step : steps) {
        if (step.number <= version) continue;
        const auto done = apply(connection, step);
        if (!done && connection.inTransaction()) (void)connection.run("ROLLBACK");
        TRY_VOID(connection.script("PRAGMA foreign_keys=ON"));
        if (!done) {
            return fail(done.error().kind, "schema change " + std::to_string(step.number) + ": " + done.error().detail);
        }
    }
    return {};
}

}  // namespace mailca::store::schema
