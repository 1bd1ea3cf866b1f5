#include "ca/ceremony.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "ca/audit/key.h"
#include "ca/authority_file.h"
#include "ca/ca_certificates.h"
#include "ca/hierarchy.h"
#include "ca/new_file.h"
#include "ca/profile_reader.h"
#include "core/crypto/token.h"

namespace mailca::ca {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxName = 64;  // RFC 5280 appendix A: ub-organization-name, ub-common-name

Error wrong(const std::string& why) {
    return fail(ErrorKind::Config, why);
}

// "smime-root-1", "smime-1", "timestamp-unit-1"; with `title` "S/MIME Root 1", "S/MIME CA 1", "Timestamping Unit 1".
std::string rootName(const Hierarchy& hierarchy) {
    return std::string(hierarchy.name) + "-root-1";
}
std::string issuerName(const Hierarchy& hierarchy) {
    return std::string(hierarchy.name) + "-1";
}
std::string unitName(const Hierarchy& hierarchy) {
    return std::string(hierarchy.name) + "-unit-1";
}
enum class Rank { Root, Issuer, Unit };
std::string titleOf(const Hierarchy& hierarchy, Rank rank) {
    const char* const end = rank == Rank::Root ? " Root 1" : rank == Rank::Issuer ? " CA 1" : " Unit 1";
    return std::string(hierarchy.title) + end;
}

bool hasUnit(const Hierarchy& hierarchy) {
    return hierarchy.purpose == Purpose::ServiceTimestamp;
}

crypto::KeySpec keysOf(const CeremonyPlan& plan, const Hierarchy& hierarchy) {
    return hierarchy.sm2 ? crypto::KeySpec{crypto::KeyType::Sm2, 0} : plan.keys;
}

std::string policyOf(const CeremonyPlan& plan, const Hierarchy& hierarchy) {
    const auto own = plan.policies.find(std::string(hierarchy.name));
    return own == plan.policies.end() ? std::string(hierarchy.policy) : own->second;
}

// Those that the plan names, in the order of the table.
std::vector<const Hierarchy*> hierarchiesOf(const CeremonyPlan& plan) {
    std::vector<const Hierarchy*> out;
    for (const Hierarchy& one : hierarchies()) {
        if (std::ranges::find(plan.hierarchies, one.name) != plan.hierarchies.end()) out.push_back(&one);
    }
    return out;
}

CaDescription describe(const CeremonyPlan& plan, const Hierarchy& hierarchy, Rank rank) {
    const std::string title = titleOf(hierarchy, rank);
    std::string commonName = plan.organization + " " + title;
    if (commonName.size() > kMaxName) commonName = title;  // the organization stands beside it anyway
    return {std::string(hierarchy.name),
            {plan.country, plan.organization, std::move(commonName)},
            policyOf(plan, hierarchy),
            rootCrlUrl(plan.baseUrl, rootName(hierarchy)),
            issuerUrl(plan.baseUrl, rootName(hierarchy))};
}

Result<void> checkHierarchies(const CeremonyPlan& plan) {
    for (const std::string& name : plan.hierarchies) {
        if (findHierarchy(name) == nullptr || std::ranges::count(plan.hierarchies, name) > 1) {
            return wrong("\"" + name + "\" is no hierarchy, or named twice; there are " + namesOfHierarchies());
        }
    }
    if (plan.hierarchies.empty()) return wrong("a ceremony makes at least one of " + namesOfHierarchies());
    for (const auto& [name, policy] : plan.policies) {
        if (std::ranges::find(plan.hierarchies, name) == plan.hierarchies.end()) {
            return wrong("a policy is for \"" + name + "\", which is no hierarchy of this ceremony");
        }
        if (!isOid(policy) || isReservedPolicy(policy)) {
            return wrong("the policy \"" + policy +
                         "\" must be an OID of your own, not one reserved by the CA/B Forum (D1)");
        }
    }
    return {};
}

Result<void> checkNames(const CeremonyPlan& plan) {
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (plan.country.size() != 2 || !std::all_of(plan.country.begin(), plan.country.end(), capital)) {
        return wrong("the country must be two capital letters, such as DE");
    }
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    const std::string& name = plan.organization;
    if (name.empty() || name.size() > kMaxName || std::any_of(name.begin(), name.end(), control) ||
        name.find_first_not_of(".- ") == std::string::npos) {  // D7
        return wrong("the organization must be a name of 1 to 64 octets");
    }
    return {};
}

Result<void> checkKeys(const crypto::KeySpec& keys) {
    const bool curve = keys.type == crypto::KeyType::P256 || keys.type == crypto::KeyType::P384;
    if (curve || (keys.type == crypto::KeyType::Rsa && keys.rsaBits == 4096)) return {};
    return wrong("CA keys are p256, p384 or rsa4096 (D14)");
}

Result<void> checkToken(const CeremonyPlan& plan) {
    if (plan.token.empty() && plan.tokenModule.empty()) return {};
    const bool quotable = plan.tokenModule.find_first_of("\"\\\n") == std::string::npos;
    if (!plan.tokenModule.empty() && quotable && crypto::isTokenUri(plan.token)) return {};
    return wrong("a token is named by its module's path and a URI like pkcs11:token=mailca, both");
}

Result<void> checkFolder(const std::string& folder) {
    std::error_code error;
    if (folder.empty()) return wrong("no folder is named for the authority");
    if (fs::exists(folder, error) && !(fs::is_directory(folder, error) && fs::is_empty(folder, error))) {
        return wrong(folder + ": exists and is not empty; a ceremony never overwrites, choose a new folder");
    }
    if (fs::exists(folder + ".unfinished", error)) {
        return wrong(folder + ".unfinished: another ceremony runs or was broken off; remove it if none runs");
    }
    return {};
}

std::string dateOf(Time time) {
    return toRfc3339(time).substr(0, 10);
}

std::string nameOf(const crypto::KeySpec& keys) {
    return std::string(crypto::nameOf(keys.type)) + (keys.rsaBits > 0 ? "-" + std::to_string(keys.rsaBits) : "");
}

Result<void> writeCertificate(const std::string& folder, std::string_view name, const x509::Certificate& certificate) {
    TRY_VOID(writeNewFile(certificatePath(folder, name), certificate.der(), FileMode::Public));
    return writeNewFile(pemPath(folder, name), asBytes(certificate.pem()), FileMode::Public);
}

struct Sealing {
    const Stretched passphrase;
    SealCost cost;
    Random& random;
    const crypto::Token* token;  // nullptr: every key is sealed

    Result<void> write(const std::string& path, const crypto::PrivateKey& key) const {
        return writeSealedKey(path, key, passphrase, cost, random);
    }
};

std::string inToken(const CeremonyPlan& plan, std::string_view name) {
    return plan.token + ";object=" + std::string(name) + ";type=private";
}

// Where the key of an issuing CA or a unit lies in the token; empty: it is sealed.
std::string tokenUri(const CeremonyPlan& plan, const Hierarchy& hierarchy, const std::string& name) {
    const bool sealed = plan.token.empty() || keysOf(plan, hierarchy).type == crypto::KeyType::Sm2;
    return sealed ? "" : inToken(plan, name);
}

// The key of an issuing CA or a unit: new and sealed in its file, or as it lies in the token.
Result<crypto::PrivateKey> onlineKey(const CeremonyPlan& plan, const Hierarchy& hierarchy, const std::string& folder,
                                     const std::string& name, const Sealing& sealing) {
    const std::string uri = tokenUri(plan, hierarchy, name);
    if (uri.empty()) {
        TRY(crypto::PrivateKey key, crypto::PrivateKey::generate(keysOf(plan, hierarchy)));
        TRY_VOID(sealing.write(issuerKeyPath(folder, name), key));
        return key;
    }
    TRY(crypto::PrivateKey key, sealing.token->key(uri));
    const int rsaBits = key.type() == crypto::KeyType::Rsa ? key.publicKey().bits() : 0;
    if (const auto good = checkKeys({key.type(), rsaBits}); !good) return wrong(uri + ": " + good.error().detail);
    return key;
}

// The first unit of the timestamping service; its key is kept as the issuing CAs' are.
Result<void> makeUnit(const CeremonyPlan& plan, const Hierarchy& hierarchy, const std::string& folder,
                      const x509::Certificate& issuer, const crypto::PrivateKey& issuerKey, Time now,
                      const Sealing& sealing) {
    TRY(const crypto::PrivateKey key, onlineKey(plan, hierarchy, folder, unitName(hierarchy), sealing));
    const Serial serial = Serial::random(sealing.random);
    const std::string ca = issuerName(hierarchy);
    const UnitDescription unit{std::string(hierarchy.name),
                               describe(plan, hierarchy, Rank::Unit).subject,
                               policyOf(plan, hierarchy),
                               serial,
                               shardUrl(plan.baseUrl, ca, shardOf(serial, plan.crlShards)),
                               issuerUrl(plan.baseUrl, ca),
                               ocspUrl(plan.baseUrl)};
    TRY(const auto certificate, signTimestampUnit(unit, key.publicKey(), issuer, issuerKey, now));
    return writeCertificate(folder, unitName(hierarchy), certificate);
}

// Steps in the order of the announcement: root, its CRL, the issuing CA; each file is durable before the next is made.
Result<void> makeHierarchy(const CeremonyPlan& plan, const Hierarchy& hierarchy, const std::string& folder, Time now,
                           const Sealing& sealing) {
    const std::string rootFile = rootName(hierarchy), issuerFile = issuerName(hierarchy);
    TRY(const crypto::PrivateKey rootKey, crypto::PrivateKey::generate(keysOf(plan, hierarchy)));
    TRY(const auto root, signRoot(describe(plan, hierarchy, Rank::Root), rootKey, now, sealing.random));
    TRY_VOID(sealing.write(rootKeyPath(folder, rootFile), rootKey));
    TRY_VOID(writeCertificate(folder, rootFile, root));
    TRY(const Bytes crl, signRootCrl(root, rootKey, {.number = 1, .thisUpdate = now}));
    TRY_VOID(writeNewFile(crlPath(folder, rootFile), crl, FileMode::Public));

    TRY(const crypto::PrivateKey key, onlineKey(plan, hierarchy, folder, issuerFile, sealing));
    TRY(const auto issuer,
        signIssuingCa(describe(plan, hierarchy, Rank::Issuer), key.publicKey(), root, rootKey, now, sealing.random));
    TRY_VOID(writeCertificate(folder, issuerFile, issuer));
    if (!hasUnit(hierarchy)) return {};
    return makeUnit(plan, hierarchy, folder, issuer, key, now, sealing);
}

// Where it lies in the token; empty: sealed.
Result<std::string> makeAuditKey(const CeremonyPlan& plan, const std::string& folder, const Sealing& sealing) {
    if (sealing.token == nullptr) {
        TRY_VOID(audit::makeKey(folder, sealing.passphrase, sealing.cost, sealing.random));
        return std::string();
    }
    std::string uri = inToken(plan, audit::kKeyName);
    TRY(const crypto::PrivateKey key, sealing.token->key(uri));
    TRY_VOID(audit::adoptKey(folder, key.publicKey()));
    return uri;
}

// One secret opens all that the signer needs.
Result<void> checkSecrets(const CeremonyPlan& plan, const Secret& passphrase, const Secret& pin) {
    const auto isSealed = [&plan](const Hierarchy* one) { return tokenUri(plan, *one, "").empty(); };
    if (std::ranges::none_of(hierarchiesOf(plan), isSealed) || passphrase.equals(pin.view())) return {};
    return wrong(
        "SM2 keys are sealed beside the token: the PIN must be the pass-phrase, or the SM2 hierarchies left out");
}

Result<void> makeAll(const CeremonyPlan& plan, const std::string& folder, Time now, const Sealing& sealing) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) fs::create_directory(folder + "/roots", error);
    if (!error) fs::permissions(folder + "/roots", fs::perms::owner_all, error);
    if (error) return fail(ErrorKind::Io, folder + ": cannot be made (" + error.message() + ")");
    AuthorityFile file{plan.baseUrl, {}, {}, {}, plan.tokenModule};
    for (const Hierarchy* const hierarchy : hierarchiesOf(plan)) {
        TRY_VOID(makeHierarchy(plan, *hierarchy, folder, now, sealing));
        file.roots.push_back(rootName(*hierarchy));
        const std::string issuer = issuerName(*hierarchy);
        file.issuers.push_back({issuer, std::string(hierarchy->name), rootName(*hierarchy), plan.crlShards,
                                tokenUri(plan, *hierarchy, issuer)});
        if (!hasUnit(*hierarchy)) continue;
        const std::string unit = unitName(*hierarchy);
        file.units.push_back({unit, issuer, tokenUri(plan, *hierarchy, unit)});
    }
    TRY(file.auditKey, makeAuditKey(plan, folder, sealing));
    return writeNewFile(folder + "/authority.toml", asBytes(file.text()), FileMode::Public);
}

}  // namespace

Ceremony::Ceremony(CeremonyPlan plan, const Clock& clock, Random& random)
    : m_plan(std::move(plan)), m_clock(clock), m_random(random) {}

Result<Ceremony> Ceremony::plan(CeremonyPlan plan, const Clock& clock, Random& random) {
    while (plan.folder.size() > 1 && plan.folder.back() == '/') plan.folder.pop_back();
    TRY_VOID(checkBaseUrl(plan.baseUrl));
    TRY_VOID(checkNames(plan));
    TRY_VOID(checkKeys(plan.keys));
    if (plan.crlShards < 1 || plan.crlShards > kMaxCrlShards)
        return wrong("the number of CRL shards must be 1 to 4096");
    TRY_VOID(checkHierarchies(plan));
    TRY_VOID(checkToken(plan));
    TRY_VOID(checkFolder(plan.folder));
    return Ceremony(std::move(plan), clock, random);
}

std::vector<std::string> CeremonyPlan::everyHierarchy() {
    std::vector<std::string> out;
    for (const Hierarchy& one : ca::hierarchies()) out.emplace_back(one.name);
    return out;
}

std::vector<std::string> Ceremony::announcement() const {
    const Time now = m_clock.now();
    std::vector<std::string> out{
        "base URL (permanent): " + m_plan.baseUrl,
        "CA keys: " + nameOf(m_plan.keys) + ", in the SM2 hierarchies SM2, sealed with the pass-phrase" +
            (m_plan.token.empty() ? "" : "; those of issuing CAs and units, but for SM2: in " + m_plan.token),
        "CRL shards of each issuing CA (permanent): " + std::to_string(m_plan.crlShards)};
    for (const Hierarchy* const hierarchy : hierarchiesOf(m_plan)) {
        const CaDescription root = describe(m_plan, *hierarchy, Rank::Root);
        const CaDescription issuer = describe(m_plan, *hierarchy, Rank::Issuer);
        out.push_back("root \"" + root.subject.commonName + "\" (" + rootName(*hierarchy) + "), until " +
                      dateOf(rootLife(now).second) + ", its CRL until " + dateOf(rootCrlEnd(now)));
        out.push_back("issuing CA \"" + issuer.subject.commonName + "\" (" + issuerName(*hierarchy) + "), until " +
                      dateOf(issuingLife(hierarchy->name, now).second) + ", policy " + issuer.policy);
        if (!hasUnit(*hierarchy)) continue;
        const Time start = now - std::chrono::hours{1};
        out.push_back("timestamping unit \"" + describe(m_plan, *hierarchy, Rank::Unit).subject.commonName + "\" (" +
                      unitName(*hierarchy) + "), its key signs until " + dateOf(unitKeyEnd(start)));
    }
    out.push_back("the key that signs the audit log (audit-1): P-256, " +
                  (m_plan.token.empty() ? "sealed with the pass-phrase" : "in " + m_plan.token));
    out.push_back("into " + m_plan.folder + "; the root keys into " + m_plan.folder + "/roots, to be taken offline");
    return out;
}

Result<std::string> Ceremony::perform(const Secret& passphrase, SealCost cost, const Secret& pin) const {
    TRY_VOID(checkFolder(m_plan.folder));
    std::optional<crypto::Token> token;
    if (!m_plan.token.empty()) {
        TRY_VOID(checkSecrets(m_plan, passphrase, pin));
        TRY(token, crypto::Token::open(m_plan.tokenModule, pin));
    }
    const std::string unfinished = m_plan.folder + ".unfinished";
    std::error_code error;
    if (const auto made =
            makeAll(m_plan, unfinished, m_clock.now(), {passphrase, cost, m_random, token ? &*token : nullptr});
        !made) {
        fs::remove_all(unfinished, error);
        return made.error();
    }
    fs::rename(unfinished, m_plan.folder, error);
    if (error) {
        const std::string why = error.message();
        fs::remove_all(unfinished, error);
        return fail(ErrorKind::Io, m_plan.folder + ": cannot be put in its place (" + why + ")");
    }
    TRY_VOID(syncFolderOf(m_plan.folder));
    return m_plan.folder + "/authority.toml";
}

}  // namespace mailca::ca
