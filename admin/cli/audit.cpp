#include <filesystem>
#include <fstream>
#include <ostream>

#include "admin/cli/audit_file.h"
#include "admin/cli/commands.h"
#include "admin/cli/daemon_config.h"
#include "ca/audit/key.h"
#include "ca/new_file.h"
#include "store/audit_reader.h"

namespace mailca::admin {
namespace {

using ca::audit::Check;
using ca::audit::Head;

struct Place {
    std::string database;  // empty: none named
    std::optional<crypto::PublicKey> key;
};
Result<Place> placeOf(const AuditOptions& options) {
    Place place{options.database, std::nullopt};
    std::string key = options.key;
    if (!options.config.empty()) {
        TRY(const DaemonConfig daemon, readDaemonConfig(options.config));
        if (place.database.empty()) place.database = daemon.database;
        const std::string beside =
            ca::audit::publicKeyPath(std::filesystem::path(daemon.authority).parent_path().string());
        if (key.empty() && std::filesystem::exists(beside)) key = beside;
    }
    if (!key.empty()) {
        TRY(place.key, ca::audit::readPublicKey(key));
    }
    return place;
}

std::string summaryOf(const Check& check, const Place& place) {
    const Head head = check.head().value_or(Head{});
    std::string text = "good up to row " + std::to_string(head.nr) + " (" + toHex(head.sha256) + "); ";
    if (check.signatures() == 0) return text + "no signed head";
    text +=
        std::to_string(check.signatures()) + " signed heads, the last covers row " + std::to_string(check.signedUpTo());
    return place.key ? text : text + "; signatures NOT checked: name the audit key (--key)";
}

Result<Head> verifyFile(const std::string& path, const Place& place, std::ostream& out) {
    TRY(const store::NextEntry next, readAuditFile(path));
    std::optional<Check> check;
    while (true) {
        TRY(const auto entry, next());
        if (!entry) break;
        if (!check) {
            const bool whole = entry->row.nr == 1;
            check.emplace(whole ? std::optional(Head{}) : std::nullopt, place.key);
            if (!whole) out << path << ": begins with row " << entry->row.nr << ", which is believed\n";
        }
        TRY_VOID(check->next(*entry));
    }
    if (!check) return fail(ErrorKind::Config, path + ": holds no row");
    out << path << ": " << summaryOf(*check, place) << "\n";
    return *check->head();
}

// The database has to go on from the exported log: whoever owns only one of the two is found out.
Result<void> compare(const std::string& database, const Head& exported) {
    TRY(store::AuditReader reader, store::AuditReader::open(database, exported.nr - 1));
    TRY(const auto entry, reader.next());
    const std::string row = "row " + std::to_string(exported.nr);
    if (!entry) {
        return fail(ErrorKind::Crypto,
                    row +
                        ": was exported, and the database lacks it: its end was cut off, or it is an "
                        "older one");
    }
    if (entry->sha256 != exported.sha256) return fail(ErrorKind::Crypto, row + ": was exported otherwise");
    return {};
}

}  // namespace

Result<void> exportAudit(const AuditOptions& options, std::ostream& out) {
    TRY(const Place place, placeOf(options));
    if (place.database.empty()) return fail(ErrorKind::Config, "say where the database is: --config or --database");
    TRY(store::AuditReader reader, store::AuditReader::open(place.database, options.after));
    while (true) {
        TRY(const auto entry, reader.next());
        if (!entry) break;
        out << ca::audit::lineOf(*entry) << "\n";
    }
    if (!out.flush()) return fail(ErrorKind::Io, "the lines cannot be written");
    return {};
}

Result<void> verifyAudit(const AuditOptions& options, std::ostream& out) {
    TRY(const Place place, placeOf(options));
    if (place.database.empty() && options.file.empty()) {
        return fail(ErrorKind::Config,
                    "say what to verify: an exported file, or the database by --config or --database");
    }
    if (!place.database.empty()) {
        TRY(const store::CheckedLog log, store::checkLog(place.database, place.key));
        out << place.database << ": " << summaryOf(log.check, place) << (log.marked ? "" : "; no mark lies beside it")
            << "\n";
    }
    if (options.file.empty()) return {};
    TRY(const Head exported, verifyFile(options.file, place, out));
    if (place.database.empty()) return {};
    TRY_VOID(compare(place.database, exported));
    out << "the database goes on from the exported log\n";
    return {};
}

}  // namespace mailca::admin
