#include "ca/ceremony.h"

#include <filesystem>
#include <utility>

#include "ca/authority_file.h"
#include "ca/ceremony_certificates.h"
#include "ca/new_file.h"

namespace mailca::ca {
namespace {

namespace fs = std::filesystem;

Error wrong(const std::string& why) {
    return fail(ErrorKind::Config, why);
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

Result<void> makeFolders(const std::string& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) fs::create_directory(folder + "/roots", error);
    if (!error) fs::permissions(folder + "/roots", fs::perms::owner_all, error);
    if (error) return fail(ErrorKind::Io, folder + ": cannot be made (" + error.message() + ")");
    return {};
}

std::string nameOf(const crypto::KeySpec& keys) {
    return std::string(crypto::nameOf(keys.type)) + (keys.rsaBits > 0 ? "-" + std::to_string(keys.rsaBits) : "");
}

void append(std::vector<std::string>& out, std::vector<std::string> more) {
    for (std::string& line : more) out.push_back(std::move(line));
}

// One hierarchy with keys that nobody keeps: the lints judge what they will judge, and the lines say what is signed.
Result<std::vector<std::string>> rehearse(const CeremonyPlan& plan, const Hierarchy& hierarchy, CeremonyScope scope,
                                          Time now, Random& random) {
    std::vector<std::string> out;
    TRY(const crypto::PrivateKey rootKey, crypto::PrivateKey::generate(plan.keysOf(hierarchy)));
    TRY(const auto root, signRoot(describe(plan, hierarchy, Rank::Root), rootKey, now, random));
    append(out, certificateLines(plan.rootName(hierarchy), root));
    TRY(const Bytes crl, signRootCrl(root, rootKey, {.number = 1, .thisUpdate = now}));
    out.push_back("  its first CRL, empty, until " + toRfc3339(rootCrlEnd(now)));
    if (scope == CeremonyScope::RootsOnly) return out;
    TRY(const crypto::PrivateKey key, crypto::PrivateKey::generate(plan.keysOf(hierarchy)));
    TRY(LintedTbs tbs, prepareIssuingCa(describe(plan, hierarchy, Rank::Issuer), key.publicKey(), root, now, random));
    TRY(const auto issuer, signCertificate(std::move(tbs), rootKey));
    append(out, certificateLines(plan.issuerName(hierarchy), issuer));
    if (!hasUnit(hierarchy)) return out;
    TRY(const auto unit, signTimestampUnit(describeUnit(plan, hierarchy, Serial::random(random)), rootKey.publicKey(),
                                           issuer, key, now));
    append(out, certificateLines(plan.unitName(hierarchy), unit));
    return out;
}

}  // namespace

Ceremony::Ceremony(CeremonyPlan plan, const Clock& clock, Random& random, std::string sha256, CeremonyScope scope)
    : m_plan(std::move(plan)), m_clock(clock), m_random(random), m_sha256(std::move(sha256)), m_scope(scope) {}

Result<Ceremony> Ceremony::plan(CeremonyPlan plan, const Clock& clock, Random& random, std::string sha256,
                                CeremonyScope scope) {
    while (plan.folder.size() > 1 && plan.folder.back() == '/') plan.folder.pop_back();
    TRY_VOID(plan.check());
    TRY_VOID(checkFolder(plan.folder));
    return Ceremony(std::move(plan), clock, random, std::move(sha256), scope);
}

Result<std::vector<std::string>> Ceremony::announcement() const {
    const Time now = m_clock.now();
    const std::string token =
        m_plan.token.empty() ? "" : "; those of issuing CAs and units, but for SM2: in " + m_plan.token;
    std::vector<std::string> out{
        "base URL (permanent): " + m_plan.baseUrl,
        "CA keys: " + nameOf(m_plan.keys) + ", in the SM2 hierarchies SM2, sealed with the pass-phrase" + token,
        "CRL shards of each issuing CA (permanent): " + std::to_string(m_plan.crlShards)};
    for (const Hierarchy* const hierarchy : m_plan.chosen()) {
        TRY(auto lines, rehearse(m_plan, *hierarchy, m_scope, now, m_random));
        append(out, std::move(lines));
    }
    out.emplace_back("every one of them passed the lints, with keys made for this and thrown away");
    if (m_scope == CeremonyScope::Everything) {
        out.push_back("the key that signs the audit log (audit-1): P-256, " +
                      (m_plan.token.empty() ? "sealed with the pass-phrase" : "in " + m_plan.token));
    }
    out.push_back("into " + m_plan.folder + "; the root keys into " + m_plan.folder + "/roots, to be taken offline");
    return out;
}

// Steps in the order of the announcement: root, its CRL, the issuing CA; each file is durable before the next is made.
Result<void> Ceremony::makeHierarchy(const Hierarchy& hierarchy, const std::string& folder, Time now,
                                     const CeremonyKeys& keys) const {
    const std::string rootFile = m_plan.rootName(hierarchy), issuerFile = m_plan.issuerName(hierarchy);
    TRY(const crypto::PrivateKey rootKey, keys.makeRoot(hierarchy, folder));
    TRY(const auto root, signRoot(describe(m_plan, hierarchy, Rank::Root), rootKey, now, m_random));
    TRY_VOID(writeCertificate(folder, rootFile, root));
    TRY(const Bytes crl, signRootCrl(root, rootKey, {.number = 1, .thisUpdate = now}));
    TRY_VOID(writeNewFile(crlPath(folder, rootFile), crl, FileMode::Public));
    if (m_scope == CeremonyScope::RootsOnly) return {};

    TRY(const crypto::PrivateKey key, keys.makeOnline(hierarchy, folder, issuerFile));
    TRY(LintedTbs tbs,
        prepareIssuingCa(describe(m_plan, hierarchy, Rank::Issuer), key.publicKey(), root, now, m_random));
    TRY(const auto issuer, signCertificate(std::move(tbs), rootKey));
    TRY_VOID(writeCertificate(folder, issuerFile, issuer));
    if (!hasUnit(hierarchy)) return {};
    return makeUnit(m_plan, hierarchy, folder, {issuer, key}, {keys, now, m_random});
}

Result<void> Ceremony::makeAll(const std::string& folder, const CeremonyKeys& keys,
                               const std::vector<std::string>& confirmedBy) const {
    TRY_VOID(makeFolders(folder));
    const Time now = m_clock.now();
    AuthorityFile file{m_plan.baseUrl, {}, {}, {}, m_plan.tokenModule};
    for (const Hierarchy* const hierarchy : m_plan.chosen()) {
        TRY_VOID(makeHierarchy(*hierarchy, folder, now, keys));
        file.roots.push_back(m_plan.rootName(*hierarchy));
        if (m_scope == CeremonyScope::Everything) {
            enterIssuer(m_plan, *hierarchy, file);
            enterUnit(m_plan, *hierarchy, file);
        }
    }
    if (m_scope == CeremonyScope::Everything) {
        TRY(file.auditKey, keys.makeAudit(folder));
    }
    if (!m_sha256.empty()) file.ceremonies.push_back({"performed", "", toRfc3339(now), m_sha256, confirmedBy});
    return writeNewFile(folder + "/authority.toml", asBytes(file.text()), FileMode::Public);
}

Result<std::string> Ceremony::perform(const Secret& passphrase, SealCost cost, const Secret& pin,
                                      const std::vector<std::string>& confirmedBy) const {
    TRY_VOID(checkFolder(m_plan.folder));
    TRY(const CeremonyKeys keys, CeremonyKeys::open(m_plan, {passphrase, pin, cost}, m_random));
    const std::string unfinished = m_plan.folder + ".unfinished";
    std::error_code error;
    if (const auto made = makeAll(unfinished, keys, confirmedBy); !made) {
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
