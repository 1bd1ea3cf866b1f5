#include "admin/cli/daemon_config.h"

#include <filesystem>

#include "core/toml/table.h"

namespace mailca::admin {
namespace {

std::string beside(const std::string& configFile, const std::string& path) {
    if (path.empty()) return path;
    return (std::filesystem::absolute(configFile).parent_path() / path).lexically_normal().string();
}

}  // namespace

Result<DaemonConfig> readDaemonConfig(const std::string& path) {
    TRY(toml::Table file, toml::Table::load(path));
    TRY(toml::Table listeners, file.table("listeners"));
    DaemonConfig out;
    TRY(out.externalUrl, file.string("external_url"));
    TRY(out.exchangeUrl, file.string("exchange_url"));
    TRY(out.acme, listeners.stringOr("acme", "127.0.0.1:9200"));
    TRY(out.publicListener, listeners.stringOr("public", "127.0.0.1:9201"));
    TRY(out.admin, listeners.stringOr("admin", "127.0.0.1:9202"));
    TRY(const std::string database, file.stringOr("database", ""));
    TRY(const std::string authority, file.stringOr("authority", ""));
    TRY(const std::string token, file.string("admin_token_file"));
    TRY(const std::string secret, listeners.stringOr("proxy_secret_file", ""));
    out.database = beside(path, database);
    out.authority = beside(path, authority);
    out.adminTokenFile = beside(path, token);
    out.proxySecretFile = beside(path, secret);
    return out;
}

}  // namespace mailca::admin
