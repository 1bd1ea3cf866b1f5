#include "ca/authority_file.h"

#include <algorithm>
#include <sstream>

#include "ca/hierarchy.h"
#include "core/crypto/token.h"
#include "core/toml/table.h"

namespace mailca::ca {
namespace {

constexpr std::size_t kMaxBaseUrl = 200;

std::string inFolder(const std::string& folder, std::string_view name, std::string_view ending) {
    return (folder.empty() ? std::string(".") : folder) + "/" + std::string(name) + std::string(ending);
}

bool isFileName(std::string_view name) {
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), good);
}

Result<std::string> readKey(toml::Table& table, std::string_view name, const std::string& tokenModule) {
    TRY(const std::string key, table.stringOr(name, ""));
    if (key.empty()) return key;
    if (!crypto::isTokenUri(key)) {
        return table.wrong(name, "must be like \"pkcs11:token=mailca;object=smime-1\", without a PIN in it");
    }
    if (tokenModule.empty()) return table.wrong(name, "lies in a token: pkcs11_module must name its module");
    return key;
}

Result<IssuerEntry> readIssuer(toml::Table& table, const std::vector<std::string>& roots,
                               const std::string& tokenModule) {
    IssuerEntry out;
    TRY(out.name, table.string("name"));
    if (!isFileName(out.name)) return table.wrong("name", "must be a-z, 0-9 and \"-\"");
    TRY(out.hierarchy, table.string("hierarchy"));
    if (findHierarchy(out.hierarchy) == nullptr) {
        return table.wrong("hierarchy", "is none of " + namesOfHierarchies());
    }
    TRY(out.root, table.string("root"));
    if (std::find(roots.begin(), roots.end(), out.root) == roots.end())
        return table.wrong("root", "is none of the roots");
    TRY(const std::int64_t shards, table.integer("crl_shards"));
    if (shards < 1 || shards > kMaxCrlShards) return table.wrong("crl_shards", "must be 1 to 4096");
    out.crlShards = static_cast<int>(shards);
    TRY(out.key, readKey(table, "key", tokenModule));
    return out;
}

Result<UnitEntry> readUnit(toml::Table& table, const std::vector<IssuerEntry>& issuers,
                           const std::string& tokenModule) {
    UnitEntry out;
    TRY(out.name, table.string("name"));
    if (!isFileName(out.name)) return table.wrong("name", "must be a-z, 0-9 and \"-\"");
    TRY(out.issuer, table.string("issuer"));
    const bool known = std::any_of(issuers.begin(), issuers.end(), [&](const IssuerEntry& issuer) {
        return issuer.name == out.issuer && hierarchyNamed(issuer.hierarchy).purpose == Purpose::ServiceTimestamp;
    });
    if (!known) return table.wrong("issuer", "is no issuing CA for the service's own timestamps");
    TRY(out.key, readKey(table, "key", tokenModule));
    return out;
}

// They are written back as they stand.
Result<void> checkRecord(toml::Table& table, const CeremonyRecord& record) {
    const auto stray = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; };
    std::vector<std::string> all{record.act, record.subject, record.at, record.sha256};
    all.insert(all.end(), record.confirmedBy.begin(), record.confirmedBy.end());
    for (const std::string& text : all) {
        if (std::ranges::any_of(text, stray)) return table.wrong("act", "is no record of a ceremony");
    }
    return {};
}

std::string recordText(const CeremonyRecord& record) {
    std::ostringstream out;
    out << "\n[[ceremony]]\nact = \"" << record.act << "\"\n";
    if (!record.subject.empty()) out << "subject = \"" << record.subject << "\"\n";
    out << "at = \"" << record.at << "\"\nsha256 = \"" << record.sha256 << "\"\n";
    if (record.confirmedBy.empty()) return out.str();
    std::string names;
    for (const std::string& name : record.confirmedBy) names.append(names.empty() ? "\"" : ", \"").append(name + "\"");
    out << "confirmed_by = [" << names << "]\n";
    return out.str();
}

}  // namespace

Result<void> checkBaseUrl(std::string_view url) {
    constexpr std::string_view kScheme = "http://";
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789.-:/_~";
    const std::string_view rest = url.starts_with(kScheme) ? url.substr(kScheme.size()) : std::string_view{};
    const bool good = !rest.empty() && rest.front() != '/' && rest.front() != ':' && rest.back() != '/' &&
                      rest.find_first_not_of(kLetters) == std::string_view::npos && url.size() <= kMaxBaseUrl;
    if (good) return {};
    return fail(ErrorKind::Config,
                "the base URL must be like http://pki.example.org: plain http (D17), lower case, no slash "
                "at the end; it stands in every certificate and can never be changed");
}

Result<AuthorityFile> AuthorityFile::load(const std::string& path) {
    TRY(toml::Table file, toml::Table::load(path));
    AuthorityFile out;
    TRY(out.baseUrl, file.string("base_url"));
    if (const auto checked = checkBaseUrl(out.baseUrl); !checked) return file.wrong("base_url", checked.error().detail);
    TRY(out.tokenModule, file.stringOr("pkcs11_module", ""));
    TRY(out.auditKey, readKey(file, "audit_key", out.tokenModule));
    TRY(std::vector<toml::Table> roots, file.tables("root"));
    for (toml::Table& root : roots) {
        TRY(const std::string name, root.string("name"));
        if (!isFileName(name)) return root.wrong("name", "must be a-z, 0-9 and \"-\"");
        out.roots.push_back(name);
    }
    TRY(std::vector<toml::Table> issuers, file.tables("issuer"));
    for (toml::Table& table : issuers) {
        TRY(IssuerEntry issuer, readIssuer(table, out.roots, out.tokenModule));
        out.issuers.push_back(std::move(issuer));
    }
    TRY(std::vector<toml::Table> units, file.tables("timestamp_unit"));
    for (toml::Table& table : units) {
        TRY(UnitEntry unit, readUnit(table, out.issuers, out.tokenModule));
        out.units.push_back(std::move(unit));
    }
    TRY(std::vector<toml::Table> ceremonies, file.tables("ceremony"));
    for (toml::Table& table : ceremonies) {
        CeremonyRecord record;
        TRY(record.act, table.string("act"));
        TRY(record.subject, table.stringOr("subject", ""));
        TRY(record.at, table.string("at"));
        TRY(record.sha256, table.string("sha256"));
        TRY(record.confirmedBy, table.stringsOr("confirmed_by", {}));
        TRY_VOID(checkRecord(table, record));
        out.ceremonies.push_back(std::move(record));
    }
    TRY_VOID(file.finish());
    return out;
}

std::string AuthorityFile::text() const {
    std::ostringstream out;
    const auto keyLine = [&out](const std::string& key) {
        if (!key.empty()) out << "key = \"" << key << "\"\n";
    };
    out << "# Written by `mailca-admin ceremony`. What stands in certificates must never be changed here.\n"
        << "base_url = \"" << baseUrl << "\"\n";
    if (!tokenModule.empty()) out << "pkcs11_module = \"" << tokenModule << "\"\n";
    if (!auditKey.empty()) out << "audit_key = \"" << auditKey << "\"\n";
    for (const std::string& root : roots) out << "\n[[root]]\nname = \"" << root << "\"\n";
    for (const IssuerEntry& issuer : issuers) {
        out << "\n[[issuer]]\nname = \"" << issuer.name << "\"\nhierarchy = \"" << issuer.hierarchy << "\"\nroot = \""
            << issuer.root << "\"\ncrl_shards = " << issuer.crlShards << "\n";
        keyLine(issuer.key);
    }
    for (const UnitEntry& unit : units) {
        out << "\n[[timestamp_unit]]\nname = \"" << unit.name << "\"\nissuer = \"" << unit.issuer << "\"\n";
        keyLine(unit.key);
    }
    for (const CeremonyRecord& record : ceremonies) out << recordText(record);
    return out.str();
}

bool AuthorityFile::hasIssuer(std::string_view name) const {
    return std::ranges::find(issuers, name, &IssuerEntry::name) != issuers.end();
}

const CeremonyRecord* AuthorityFile::findRecord(std::string_view act, std::string_view subject) const {
    const CeremonyRecord* found = nullptr;
    for (const CeremonyRecord& record : ceremonies) {
        if (record.act == act && record.subject == subject) found = &record;
    }
    return found;
}

std::string certificatePath(const std::string& folder, std::string_view name) {
    return inFolder(folder, name, ".cer");
}
std::string pemPath(const std::string& folder, std::string_view name) {
    return inFolder(folder, name, ".pem");
}
std::string crlPath(const std::string& folder, std::string_view root) {
    return inFolder(folder, root, ".crl");
}
std::string issuerKeyPath(const std::string& folder, std::string_view name) {
    return inFolder(folder, name, ".key");
}
std::string rootKeyPath(const std::string& folder, std::string_view name) {
    return inFolder(inFolder(folder, "roots", ""), name, ".key");
}

int shardOf(const Serial& serial, int shards) {
    // The last two octets are random; 4096 shards at most, so that they suffice.
    const Bytes& octets = serial.bytes();
    unsigned tail = octets.back();
    if (octets.size() > 1) tail |= static_cast<unsigned>(octets[octets.size() - 2]) << 8;
    return static_cast<int>(tail % static_cast<unsigned>(shards));
}

std::string ocspUrl(std::string_view base) {
    return std::string(base) + "/ocsp";
}
std::string issuerUrl(std::string_view base, std::string_view name) {
    return std::string(base) + "/issuer/" + std::string(name) + ".cer";
}
std::string rootCrlUrl(std::string_view base, std::string_view root) {
    return std::string(base) + "/crl/" + std::string(root) + ".crl";
}
std::string shardUrl(std::string_view base, std::string_view issuer, int shard) {
    return std::string(base) + "/crl/" + std::string(issuer) + "/" + std::to_string(shard) + ".crl";
}

}  // namespace mailca::ca
