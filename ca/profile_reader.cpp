#include "ca/profile_reader.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/toml/table.h"
#include "core/x509/certificate.h"

namespace mailca::ca {
namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr std::int64_t kMaxValidityDays = 825;  // D24
constexpr std::int64_t kMaxBackdateMinutes =
    1440;                                   // a certificate must not tell of days before anybody proved the mailbox
constexpr int kMinRsaBits = 2048;           // D8
constexpr int kMinTimestampRsaBits = 3072;  // E4
constexpr int kMaxRsaBits = 4096;           // D56
constexpr std::size_t kMaxNameLength = 64;

bool isName(std::string_view name) {
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !name.empty() && name.size() <= kMaxNameLength && std::all_of(name.begin(), name.end(), good);
}

template <typename T>
bool hasTwice(const std::vector<T>& list) {
    return std::set<T>(list.begin(), list.end()).size() != list.size();
}

Result<void> readUse(toml::Table& file, Profile& profile) {
    TRY(profile.hierarchy, file.string("hierarchy"));
    if (profile.hierarchy != kSmime && profile.hierarchy != kMailboxTimestamp) {
        return file.wrong("hierarchy", "must be \"smime\" or \"mailbox-timestamp\"");
    }
    TRY(const std::string use, file.string("use"));
    constexpr std::array kUses{Use::Sign, Use::Encrypt, Use::Dual, Use::Timestamp};
    const auto* const found = std::find_if(kUses.begin(), kUses.end(), [&](Use one) { return nameOf(one) == use; });
    if (found == kUses.end()) return file.wrong("use", "must be \"sign\", \"encrypt\", \"dual\" or \"timestamp\"");
    profile.use = *found;
    if ((profile.use == Use::Timestamp) != (profile.hierarchy == kMailboxTimestamp)) {
        return file.wrong("use", "must be \"timestamp\" in the hierarchy \"mailbox-timestamp\" and nowhere else (D29)");
    }
    TRY(profile.narrowable, file.booleanOr("narrowable", false));
    if (profile.narrowable && profile.use != Use::Dual) {
        return file.wrong("narrowable", "belongs to the use \"dual\" only (A52)");
    }
    return {};
}

Result<void> readValidity(toml::Table& file, Profile& profile) {
    TRY(const std::int64_t validity, file.integer("validity_days"));
    if (validity < 1 || validity > kMaxValidityDays) return file.wrong("validity_days", "must be 1 to 825 (D24)");
    profile.validity = days{validity};
    TRY(const std::int64_t backdate, file.integerOr("backdate_minutes", 60));
    if (backdate < 0 || backdate > kMaxBackdateMinutes || minutes{backdate} >= profile.validity) {
        return file.wrong("backdate_minutes", "must be 0 to 1440, and less than the validity");
    }
    profile.backdate = minutes{backdate};
    return {};
}

Result<void> readPolicies(toml::Table& file, Profile& profile) {
    TRY(profile.policies, file.strings("policies"));
    if (profile.policies.empty()) return file.wrong("policies", "must name at least one policy of your own (D16)");
    for (const std::string& policy : profile.policies) {
        if (!isOid(policy)) return file.wrong("policies", "holds \"" + policy + "\", which is no dotted OID");
        if (isReservedPolicy(policy)) {
            return file.wrong("policies", "holds " + policy +
                                              "; anyPolicy and the OIDs reserved by the CA/B Forum "
                                              "(2.23.140.1) must not be asserted (D1)");
        }
    }
    if (hasTwice(profile.policies)) return file.wrong("policies", "names a policy twice (RFC 5280 section 4.2.1.4)");
    return {};
}

Result<void> readExtendedKeyUsage(toml::Table& file, Profile& profile) {
    TRY(profile.extendedKeyUsage, file.strings("extended_key_usage"));
    const bool timestamp = profile.hierarchy == kMailboxTimestamp;
    const std::string only(timestamp ? x509::oid::kTimeStamping : x509::oid::kEmailProtection);
    if (profile.extendedKeyUsage != std::vector<std::string>{only}) {
        return file.wrong("extended_key_usage",
                          timestamp
                              ? "must be timeStamping (1.3.6.1.5.5.7.3.8) alone in \"mailbox-timestamp\" (E1, D29)"
                              : "must be emailProtection (1.3.6.1.5.5.7.3.4) alone in \"smime\" (D21, D29)");
    }
    return {};
}

Result<void> readRsaBits(toml::Table& keys, Profile& profile) {
    TRY(const auto bits, keys.integersOr("rsa_bits", {}));
    if (bits.empty()) return {};
    const int floor = profile.use == Use::Timestamp ? kMinTimestampRsaBits : kMinRsaBits;
    const bool good = bits.size() == 2 && bits[0] >= floor && bits[0] <= bits[1] && bits[1] <= kMaxRsaBits &&
                      bits[0] % 8 == 0 && bits[1] % 8 == 0;
    if (!good) {
        return keys.wrong("rsa_bits", "must be [smallest, largest], both divisible by 8, from " +
                                          std::to_string(floor) + " to 4096 (D8, E4, D56)");
    }
    profile.rsaMinBits = static_cast<int>(bits[0]);
    profile.rsaMaxBits = static_cast<int>(bits[1]);
    return {};
}

Result<void> readKeys(toml::Table& file, Profile& profile) {
    TRY(toml::Table keys, file.table("keys"));
    TRY_VOID(readRsaBits(keys, profile));
    TRY(const auto curves, keys.stringsOr("curves", {}));
    for (const std::string& curve : curves) {
        if (curve == nameOf(crypto::KeyType::P256)) {
            profile.curves.push_back(crypto::KeyType::P256);
        } else if (curve == nameOf(crypto::KeyType::P384)) {
            profile.curves.push_back(crypto::KeyType::P384);
        } else {
            return keys.wrong("curves",
                              "holds \"" + curve + "\"; only \"P-256\" and \"P-384\" may stand there (D9, D56)");
        }
    }
    if (hasTwice(profile.curves)) return keys.wrong("curves", "names a curve twice");
    if (profile.rsaMaxBits == 0 && profile.curves.empty()) {
        return keys.wrong("curves", "and rsa_bits are both empty: no key would be good");
    }
    return {};
}

}  // namespace

bool isOid(std::string_view text) {
    std::size_t arcs = 0;
    while (true) {
        const std::string_view arc = text.substr(0, text.find('.'));
        const bool digits = std::all_of(arc.begin(), arc.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (arc.empty() || arc.size() > 18 || !digits || (arc.size() > 1 && arc.front() == '0')) return false;
        ++arcs;
        if (arcs == 1 && (arc.size() > 1 || arc.front() > '2')) return false;
        if (arc.size() == text.size()) return arcs >= 2;
        text.remove_prefix(arc.size() + 1);
    }
}

bool isReservedPolicy(std::string_view oid) {
    return oid == "2.5.29.32.0" || oid == "2.23.140.1" || oid.starts_with("2.23.140.1.");
}

Result<Profile> readProfile(const std::string& name, std::string_view text) {
    const std::string fileName = name + ".toml";
    if (!isName(name)) {
        return fail(ErrorKind::Config, fileName + ": a profile's name is its file's: a-z, 0-9 and \"-\", at most 64");
    }
    TRY(toml::Table file, toml::Table::parse(text, fileName));
    Profile profile;
    profile.name = name;
    TRY(profile.description, file.string("description"));
    TRY_VOID(readUse(file, profile));
    TRY_VOID(readValidity(file, profile));
    TRY_VOID(readPolicies(file, profile));
    TRY_VOID(readExtendedKeyUsage(file, profile));
    TRY(profile.ocsp, file.booleanOr("ocsp", false));
    TRY_VOID(readKeys(file, profile));
    TRY_VOID(file.finish());
    return profile;
}

Result<BundleFile> readBundles(std::string_view text) {
    TRY(toml::Table file, toml::Table::parse(text, "bundles.toml"));
    BundleFile out;
    TRY(out.defaultProfile, file.string("default"));
    TRY(std::vector<toml::Table> tables, file.tables("bundle"));
    for (toml::Table& table : tables) {
        BundleEntry entry;
        TRY(entry.name, table.string("name"));
        if (!isName(entry.name)) return table.wrong("name", "must be a-z, 0-9 and \"-\", at most 64");
        TRY(entry.description, table.string("description"));
        TRY(entry.profiles, table.strings("profiles"));
        if (entry.profiles.empty() || hasTwice(entry.profiles)) {
            return table.wrong("profiles", "must name at least one profile, and none twice");
        }
        out.bundles.push_back(std::move(entry));
    }
    TRY_VOID(file.finish());
    return out;
}

}  // namespace mailca::ca
