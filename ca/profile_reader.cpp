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

constexpr std::int64_t kMaxValidityDays = 824;  // D24: not more than 825, and better not that either
constexpr std::int64_t kMaxTemporaryDays = 90;  // nobody has proven the mailbox
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

// D29, E1: a purpose has its uses. I11: an SM2 key signs or encrypts, and a mailbox has one for each.
bool isUseOf(const Hierarchy& hierarchy, Use use) {
    switch (hierarchy.purpose) {
        case Purpose::Mail:
            return use == Use::Sign || use == Use::Encrypt || (use == Use::Dual && !hierarchy.sm2);
        case Purpose::MailboxTimestamp:
            return use == Use::Timestamp;
        case Purpose::Temporary:
            return use == Use::Encrypt;
        case Purpose::ServiceTimestamp:
            break;
    }
    return false;
}

Result<void> readUse(toml::Table& file, Profile& profile) {
    TRY(profile.hierarchy, file.string("hierarchy"));
    const Hierarchy* const hierarchy = findHierarchy(profile.hierarchy);
    if (hierarchy == nullptr || hierarchy->purpose == Purpose::ServiceTimestamp) {
        return file.wrong("hierarchy", "must be one of " + namesOfHierarchies() +
                                           "; those of the service's own timestamps have no profiles");
    }
    TRY(const std::string use, file.string("use"));
    constexpr std::array kUses{Use::Sign, Use::Encrypt, Use::Dual, Use::Timestamp};
    const auto* const found = std::find_if(kUses.begin(), kUses.end(), [&](Use one) { return nameOf(one) == use; });
    if (found == kUses.end()) return file.wrong("use", "must be \"sign\", \"encrypt\", \"dual\" or \"timestamp\"");
    profile.use = *found;
    if (!isUseOf(*hierarchy, profile.use)) {
        return file.wrong("use", "is none of the hierarchy \"" + profile.hierarchy +
                                     "\": timestamping stands apart from mail (D29, E1), an SM2 key either signs or "
                                     "encrypts (I11), a temporary key encrypts");
    }
    TRY(profile.narrowable, file.booleanOr("narrowable", false));
    if (profile.narrowable && profile.use != Use::Dual) {
        return file.wrong("narrowable", "belongs to the use \"dual\" only (A52)");
    }
    return {};
}

Result<void> readValidity(toml::Table& file, Profile& profile) {
    TRY(const std::int64_t validity, file.integer("validity_days"));
    const bool temporary = hierarchyNamed(profile.hierarchy).purpose == Purpose::Temporary;
    const std::int64_t most = temporary ? kMaxTemporaryDays : kMaxValidityDays;
    if (validity < 1 || validity > most) {
        return file.wrong("validity_days", "must be 1 to " + std::to_string(most) + (temporary ? "" : " (D24)"));
    }
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
    const auto allowed = hierarchyNamed(profile.hierarchy).usages;
    const std::vector<std::string>& found = profile.extendedKeyUsage;
    const bool good = std::ranges::find(found, allowed.front()) != found.end() && !hasTwice(found) &&
                      std::ranges::all_of(found, [&](const std::string& usage) {
                          return std::ranges::find(allowed, usage) != allowed.end();
                      });
    if (good) return {};
    std::string wanted = "must hold " + std::string(allowed.front());
    for (const std::string_view more : allowed.subspan(1)) wanted += ", may hold " + std::string(more);
    return file.wrong("extended_key_usage",
                      wanted + " and nothing else in the hierarchy \"" + profile.hierarchy + "\" (D21, D29, E1)");
}

struct Cipher {
    std::string_view name, oid;
};
constexpr std::array kCiphers{
    // RFC 8551 section 2.7
    Cipher{"aes256-gcm", "2.16.840.1.101.3.4.1.46"}, Cipher{"aes128-gcm", "2.16.840.1.101.3.4.1.6"},
    Cipher{"aes256-cbc", "2.16.840.1.101.3.4.1.42"}, Cipher{"aes128-cbc", "2.16.840.1.101.3.4.1.2"}};

Result<void> readCapabilities(toml::Table& file, Profile& profile) {
    TRY(const std::vector<std::string> names, file.stringsOr("smime_capabilities", {}));
    if (names.empty()) return {};
    const bool encrypts = profile.use == Use::Encrypt || profile.use == Use::Dual;
    if (!encrypts || hierarchyNamed(profile.hierarchy).sm2) {
        return file.wrong("smime_capabilities", "belong to certificates that S/MIME mail is encrypted to (D23)");
    }
    for (const std::string& name : names) {
        const auto* const cipher = std::ranges::find(kCiphers, name, &Cipher::name);
        if (cipher == kCiphers.end()) {
            return file.wrong("smime_capabilities",
                              "holds \"" + name +
                                  "\"; aes256-gcm, aes128-gcm, aes256-cbc and aes128-cbc may stand "
                                  "there, the best first (RFC 8551 section 2.7)");
        }
        profile.smimeCapabilities.emplace_back(cipher->oid);
    }
    if (hasTwice(names)) return file.wrong("smime_capabilities", "names a cipher twice");
    return {};
}

Result<void> readRsaBits(toml::Table& keys, Profile& profile) {
    TRY(const auto bits, keys.integersOr("rsa_bits", {}));
    if (bits.empty()) return {};
    if (!hierarchyNamed(profile.hierarchy).takes(crypto::KeyType::Rsa)) {
        return keys.wrong("rsa_bits", "cannot stand in a hierarchy of SM2 (I5)");
    }
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
    const Hierarchy& hierarchy = hierarchyNamed(profile.hierarchy);
    for (const std::string& curve : curves) {
        constexpr std::array kCurves{crypto::KeyType::P256, crypto::KeyType::P384, crypto::KeyType::Sm2};
        const auto* const found = std::ranges::find(kCurves, curve, crypto::nameOf);
        if (found == kCurves.end() || !hierarchy.takes(*found)) {
            return keys.wrong("curves", "holds \"" + curve + "\"; only " +
                                            (hierarchy.sm2 ? "\"SM2\" may stand there in a hierarchy of SM2 (I5)"
                                                           : "\"P-256\" and \"P-384\" may stand there (D9, D56)"));
        }
        profile.curves.push_back(*found);
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
    TRY_VOID(readCapabilities(file, profile));
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
