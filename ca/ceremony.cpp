#include "ca/ceremony.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "ca/authority_file.h"
#include "ca/ca_certificates.h"
#include "ca/new_file.h"
#include "ca/profile_reader.h"

namespace mailca::ca {
namespace {

namespace fs = std::filesystem;

struct Hierarchy {
    std::string_view name;
    std::string_view root;
    std::string_view issuer;
    std::string_view rootTitle;
    std::string_view issuerTitle;
};
constexpr std::array kHierarchies{
    Hierarchy{kSmime, "smime-root-1", "smime-1", "S/MIME Root 1", "S/MIME CA 1"},
    Hierarchy{kMailboxTimestamp, "mailbox-timestamp-root-1", "mailbox-timestamp-1", "Mailbox Timestamping Root 1",
              "Mailbox Timestamping CA 1"},
    Hierarchy{kServiceTimestamp, "timestamp-root-1", "timestamp-1", "Timestamping Root 1", "Timestamping CA 1"},
};
constexpr std::string_view kUnit = "timestamp-unit-1";
constexpr std::string_view kUnitTitle = "Timestamping Unit 1";
constexpr std::size_t kMaxName = 64;  // RFC 5280 appendix A: ub-organization-name, ub-common-name

Error wrong(const std::string& why) {
    return fail(ErrorKind::Config, why);
}

const std::string& policyOf(const CeremonyPlan& plan, std::string_view hierarchy) {
    if (hierarchy == kSmime) return plan.smimePolicy;
    return hierarchy == kMailboxTimestamp ? plan.timestampPolicy : plan.serviceTimestampPolicy;
}

CaDescription describe(const CeremonyPlan& plan, const Hierarchy& hierarchy, std::string_view title) {
    std::string commonName = plan.organization + " " + std::string(title);
    if (commonName.size() > kMaxName) commonName = title;  // the organization stands beside it anyway
    return {std::string(hierarchy.name),
            {plan.country, plan.organization, std::move(commonName)},
            policyOf(plan, hierarchy.name),
            rootCrlUrl(plan.baseUrl, hierarchy.root),
            issuerUrl(plan.baseUrl, hierarchy.root)};
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
    const Secret& passphrase;
    SealCost cost;
    Random& random;
};

// The first unit of the timestamping service; its key is sealed beside the issuing CAs'.
Result<void> makeUnit(const CeremonyPlan& plan, const Hierarchy& hierarchy, const std::string& folder,
                      const x509::Certificate& issuer, const crypto::PrivateKey& issuerKey, Time now,
                      const Sealing& sealing) {
    TRY(const crypto::PrivateKey key, crypto::PrivateKey::generate(plan.keys));
    const Serial serial = Serial::random(sealing.random);
    const UnitDescription unit{describe(plan, hierarchy, kUnitTitle).subject,
                               plan.serviceTimestampPolicy,
                               serial,
                               shardUrl(plan.baseUrl, hierarchy.issuer, shardOf(serial, plan.crlShards)),
                               issuerUrl(plan.baseUrl, hierarchy.issuer),
                               ocspUrl(plan.baseUrl)};
    TRY(const auto certificate, signTimestampUnit(unit, key.publicKey(), issuer, issuerKey, now));
    TRY_VOID(writeSealedKey(issuerKeyPath(folder, kUnit), key, sealing.passphrase, sealing.cost, sealing.random));
    return writeCertificate(folder, kUnit, certificate);
}

// Steps in the order of the announcement: root, its CRL, the issuing CA; each file is durable before the next is made.
Result<void> makeHierarchy(const CeremonyPlan& plan, const Hierarchy& hierarchy, const std::string& folder, Time now,
                           const Sealing& sealing) {
    TRY(const crypto::PrivateKey rootKey, crypto::PrivateKey::generate(plan.keys));
    TRY(const auto root, signRoot(describe(plan, hierarchy, hierarchy.rootTitle), rootKey, now, sealing.random));
    TRY_VOID(
        writeSealedKey(rootKeyPath(folder, hierarchy.root), rootKey, sealing.passphrase, sealing.cost, sealing.random));
    TRY_VOID(writeCertificate(folder, hierarchy.root, root));
    TRY(const Bytes crl, signRootCrl(root, rootKey, 1, now));
    TRY_VOID(writeNewFile(crlPath(folder, hierarchy.root), crl, FileMode::Public));

    TRY(const crypto::PrivateKey key, crypto::PrivateKey::generate(plan.keys));
    TRY(const auto issuer, signIssuingCa(describe(plan, hierarchy, hierarchy.issuerTitle), key.publicKey(), root,
                                         rootKey, now, sealing.random));
    TRY_VOID(
        writeSealedKey(issuerKeyPath(folder, hierarchy.issuer), key, sealing.passphrase, sealing.cost, sealing.random));
    TRY_VOID(writeCertificate(folder, hierarchy.issuer, issuer));
    if (hierarchy.name != kServiceTimestamp) return {};
    return makeUnit(plan, hierarchy, folder, issuer, key, now, sealing);
}

Result<void> makeAll(const CeremonyPlan& plan, const std::string& folder, Time now, const Sealing& sealing) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) fs::create_directory(folder + "/roots", error);
    if (!error) fs::permissions(folder + "/roots", fs::perms::owner_all, error);
    if (error) return fail(ErrorKind::Io, folder + ": cannot be made (" + error.message() + ")");
    AuthorityFile file{plan.baseUrl, {}, {}, {}};
    for (const Hierarchy& hierarchy : kHierarchies) {
        TRY_VOID(makeHierarchy(plan, hierarchy, folder, now, sealing));
        file.roots.emplace_back(hierarchy.root);
        file.issuers.push_back(
            {std::string(hierarchy.issuer), std::string(hierarchy.name), std::string(hierarchy.root), plan.crlShards});
    }
    file.units.push_back({std::string(kUnit), "timestamp-1"});
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
    for (const std::string& policy : {plan.smimePolicy, plan.timestampPolicy, plan.serviceTimestampPolicy}) {
        if (!isOid(policy) || isReservedPolicy(policy)) {
            return wrong("the policy \"" + policy +
                         "\" must be an OID of your own, not one reserved by the CA/B Forum (D1)");
        }
    }
    TRY_VOID(checkFolder(plan.folder));
    return Ceremony(std::move(plan), clock, random);
}

std::vector<std::string> Ceremony::announcement() const {
    const Time now = m_clock.now();
    std::vector<std::string> out{"base URL (permanent): " + m_plan.baseUrl,
                                 "CA keys: " + nameOf(m_plan.keys) + ", sealed with the pass-phrase",
                                 "CRL shards of each issuing CA (permanent): " + std::to_string(m_plan.crlShards)};
    for (const Hierarchy& hierarchy : kHierarchies) {
        const CaDescription root = describe(m_plan, hierarchy, hierarchy.rootTitle);
        const CaDescription issuer = describe(m_plan, hierarchy, hierarchy.issuerTitle);
        out.push_back("root \"" + root.subject.commonName + "\" (" + std::string(hierarchy.root) + "), until " +
                      dateOf(rootLife(now).second) + ", its CRL until " + dateOf(rootCrlEnd(now)));
        out.push_back("issuing CA \"" + issuer.subject.commonName + "\" (" + std::string(hierarchy.issuer) +
                      "), until " + dateOf(issuingLife(hierarchy.name, now).second) + ", policy " + issuer.policy);
    }
    const Time start = now - std::chrono::hours{1};
    out.push_back("timestamping unit \"" + describe(m_plan, kHierarchies.back(), kUnitTitle).subject.commonName +
                  "\" (" + std::string(kUnit) + "), its key signs until " + dateOf(unitKeyEnd(start)));
    out.push_back("into " + m_plan.folder + "; the root keys into " + m_plan.folder + "/roots, to be taken offline");
    return out;
}

Result<std::string> Ceremony::perform(const Secret& passphrase, SealCost cost) const {
    TRY_VOID(checkFolder(m_plan.folder));
    const std::string unfinished = m_plan.folder + ".unfinished";
    std::error_code error;
    if (const auto made = makeAll(m_plan, unfinished, m_clock.now(), {passphrase, cost, m_random}); !made) {
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
