#include "store/backup.h"

#include <filesystem>
#include <ostream>

#include "admin/cli/audit_file.h"
#include "admin/cli/commands.h"
#include "admin/cli/daemon_config.h"
#include "ca/audit/key.h"
#include "ca/authority_file.h"

namespace mailca::admin {
namespace {

Result<store::ShardOf> shardsOf(const std::string& authorityFile) {
    TRY(ca::AuthorityFile authority, ca::AuthorityFile::load(authorityFile));
    return store::ShardOf([issuers = std::move(authority.issuers)](const std::string& name, const Serial& serial) {
        for (const ca::IssuerEntry& issuer : issuers) {
            if (issuer.name == name) return ca::shardOf(serial, issuer.crlShards);
        }
        return 0;
    });
}

Result<DaemonConfig> readWholeConfig(const std::string& path) {
    TRY(DaemonConfig daemon, readDaemonConfig(path));
    if (!daemon.database.empty() && !daemon.authority.empty()) return daemon;
    return fail(ErrorKind::Config, path + ": names no database, or no authority");
}

}  // namespace

Result<void> backUp(const BackupOptions& options, std::ostream& out) {
    TRY(const DaemonConfig daemon, readWholeConfig(options.config));
    TRY(const ca::audit::Head head, store::backUp(daemon.database, options.file));
    out << options.file << ": the database up to row " << head.nr
        << " of its audit log. Keep with it, and apart from it: the folder of " << daemon.authority
        << ", the secret files, and the exported audit log, which restore needs\n";
    return {};
}

Result<void> restoreBackup(const RestoreOptions& options, const Clock& clock, std::ostream& out) {
    TRY(const DaemonConfig daemon, readWholeConfig(options.config));
    store::Restoration restoration{.database = daemon.database,
                                   .backup = options.backup,
                                   .exported = {},
                                   .auditKey = {},
                                   .shardOf = {},
                                   .gap = options.acceptGap ? store::Gap::Accepted : store::Gap::Refused,
                                   .at = clock.now()};
    TRY(restoration.shardOf, shardsOf(daemon.authority));
    TRY(restoration.exported, readAuditFile(options.audit));
    const std::string key = ca::audit::publicKeyPath(std::filesystem::path(daemon.authority).parent_path().string());
    if (std::filesystem::exists(key)) {
        TRY(restoration.auditKey, ca::audit::readPublicKey(key));
    }
    TRY(const store::Restored done, store::restore(restoration));
    out << daemon.database << ": reconciled. The database ended at row " << done.backupEnded
        << ", the exported log at row " << done.logEnded << "; " << done.replayed << " rows replayed, "
        << done.serialsRevoked << " certificates that the database knew nothing of revoked\n";
    if (done.missing > 0) {
        out << "ACCEPTED: " << done.missing
            << " rows are lost. What they told of, certificates perhaps, nobody knows\n";
    }
    out << "mailcad may be started; it signs every CRL anew that needs it\n";
    return {};
}

}  // namespace mailca::admin
