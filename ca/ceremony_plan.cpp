#include "ca/ceremony_plan.h"

#include <algorithm>
#include <set>

#include "ca/authority_file.h"
#include "ca/ca_certificates.h"
#include "ca/new_file.h"
#include "ca/profile_reader.h"
#include "core/crypto/hash.h"
#include "core/crypto/token.h"
#include "core/toml/table.h"

namespace mailca::ca {
namespace {

constexpr int kMostIssuingCas = 999;

Error wrong(const std::string& why) {
    return fail(ErrorKind::Config, why);
}

bool isControl(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
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
    for (const auto& [name, number] : plan.issuingCas) {
        if (number < 1 || number > kMostIssuingCas) return wrong(name + ": issuing_ca must be 1 to 999");
    }
    return {};
}

Result<void> checkNames(const CeremonyPlan& plan) {
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (plan.country.size() != 2 || !std::all_of(plan.country.begin(), plan.country.end(), capital)) {
        return wrong("the country must be two capital letters, such as DE");
    }
    const std::string& name = plan.organization;
    if (name.empty() || name.size() > kMaxCaName || std::ranges::any_of(name, isControl) ||
        name.find_first_not_of(".- ") == std::string::npos) {  // D7
        return wrong("the organization must be a name of 1 to 64 octets");
    }
    return {};
}

Result<void> checkToken(const CeremonyPlan& plan) {
    if (plan.token.empty() && plan.tokenModule.empty()) return {};
    const bool quotable = plan.tokenModule.find_first_of("\"\\\n") == std::string::npos;
    if (!plan.tokenModule.empty() && quotable && crypto::isTokenUri(plan.token)) return {};
    return wrong("a token is named by its module's path and a URI like pkcs11:token=mailca, both");
}

Result<void> checkPeople(const CeremonyPlan& plan) {
    const auto bad = [](const std::string& name) {
        const auto stray = [](char c) { return isControl(c) || c == '"' || c == '\\'; };
        return name.empty() || name.size() > kMaxCaName || std::ranges::any_of(name, stray);
    };
    const std::set<std::string> different(plan.people.begin(), plan.people.end());
    if (std::ranges::any_of(plan.people, bad) || different.size() != plan.people.size()) {
        return wrong("people are named once each, in 1 to 64 octets without quotation marks");
    }
    const bool enough = plan.people.empty() ? plan.confirmations == 1
                                            : static_cast<std::size_t>(plan.confirmations) <= plan.people.size();
    if (plan.confirmations >= 1 && enough) return {};
    return wrong("confirmations must be 1, or at most as many as the people that are named");
}

Result<crypto::KeySpec> keysNamed(const std::string& name) {
    if (name == "p256") return crypto::KeySpec{crypto::KeyType::P256, 0};
    if (name == "p384") return crypto::KeySpec{crypto::KeyType::P384, 0};
    if (name == "rsa4096") return crypto::KeySpec{crypto::KeyType::Rsa, 4096};
    return wrong("keys is p256, p384 or rsa4096");
}

Result<void> readHierarchies(toml::Table& file, CeremonyPlan& plan) {
    plan.hierarchies.clear();
    TRY(std::vector<toml::Table> tables, file.tables("hierarchy"));
    for (toml::Table& table : tables) {
        TRY(const std::string name, table.string("name"));
        plan.hierarchies.push_back(name);
        TRY(const std::string policy, table.stringOr("policy", ""));
        if (!policy.empty()) plan.policies.insert_or_assign(name, policy);
        TRY(const std::int64_t number, table.integerOr("issuing_ca", 1));
        if (number < 1 || number > kMostIssuingCas) return table.wrong("issuing_ca", "must be 1 to 999");
        plan.issuingCas.insert_or_assign(name, static_cast<int>(number));
    }
    return {};
}

Result<CeremonyPlan> readPlan(toml::Table file) {
    CeremonyPlan plan;
    TRY(plan.baseUrl, file.string("base_url"));
    TRY(plan.organization, file.string("organization"));
    TRY(plan.country, file.string("country"));
    TRY(const std::string keys, file.stringOr("keys", "p256"));
    TRY(plan.keys, keysNamed(keys));
    TRY(const std::int64_t shards, file.integerOr("crl_shards", plan.crlShards));
    plan.crlShards = static_cast<int>(std::clamp<std::int64_t>(shards, 0, kMaxCrlShards + 1));
    TRY(plan.people, file.stringsOr("people", {}));
    TRY(const std::int64_t confirmations, file.integerOr("confirmations", 1));
    plan.confirmations = static_cast<int>(std::clamp<std::int64_t>(confirmations, 0, 1'000));
    TRY(std::optional<toml::Table> token, file.optionalTable("token"));
    if (token) {
        TRY(plan.tokenModule, token->string("module"));
        TRY(plan.token, token->string("uri"));
    }
    TRY_VOID(readHierarchies(file, plan));
    TRY_VOID(file.finish());
    TRY_VOID(plan.check());
    return plan;
}

}  // namespace

Result<ReviewedPlan> readCeremonyPlan(const std::string& path) {
    TRY(const Bytes octets, readWholeFile(path));
    TRY(toml::Table file, toml::Table::parse(asText(octets), path));
    TRY(CeremonyPlan plan, readPlan(std::move(file)));
    return ReviewedPlan{std::move(plan), toHex(crypto::sha256(octets))};
}

Result<void> CeremonyPlan::check() const {
    TRY_VOID(checkBaseUrl(baseUrl));
    TRY_VOID(checkNames(*this));
    TRY_VOID(checkCaKeys(keys));
    if (crlShards < 1 || crlShards > kMaxCrlShards) return wrong("the number of CRL shards must be 1 to 4096");
    TRY_VOID(checkHierarchies(*this));
    TRY_VOID(checkPeople(*this));
    return checkToken(*this);
}

std::vector<std::string> CeremonyPlan::everyHierarchy() {
    std::vector<std::string> out;
    for (const Hierarchy& one : ca::hierarchies()) out.emplace_back(one.name);
    return out;
}

std::vector<const Hierarchy*> CeremonyPlan::chosen() const {
    std::vector<const Hierarchy*> out;
    for (const Hierarchy& one : ca::hierarchies()) {
        if (std::ranges::find(hierarchies, one.name) != hierarchies.end()) out.push_back(&one);
    }
    return out;
}

std::string CeremonyPlan::rootName(const Hierarchy& hierarchy) const {
    return std::string(hierarchy.name) + "-root-1";
}
std::string CeremonyPlan::issuerName(const Hierarchy& hierarchy) const {
    return std::string(hierarchy.name) + "-" + std::to_string(issuingCa(hierarchy));
}
std::string CeremonyPlan::unitName(const Hierarchy& hierarchy) const {
    return std::string(hierarchy.name) + "-unit-" + std::to_string(issuingCa(hierarchy));
}
int CeremonyPlan::issuingCa(const Hierarchy& hierarchy) const {
    const auto own = issuingCas.find(std::string(hierarchy.name));
    return own == issuingCas.end() ? 1 : own->second;
}
crypto::KeySpec CeremonyPlan::keysOf(const Hierarchy& hierarchy) const {
    return hierarchy.sm2 ? crypto::KeySpec{crypto::KeyType::Sm2, 0} : keys;
}
std::string CeremonyPlan::policyOf(const Hierarchy& hierarchy) const {
    const auto own = policies.find(std::string(hierarchy.name));
    return own == policies.end() ? std::string(hierarchy.policy) : own->second;
}
std::string CeremonyPlan::tokenUri(const Hierarchy& hierarchy, std::string_view name) const {
    if (token.empty() || hierarchy.sm2) return "";
    return token + ";object=" + std::string(name) + ";type=private";
}

bool hasUnit(const Hierarchy& hierarchy) {
    return hierarchy.purpose == Purpose::ServiceTimestamp;
}

Result<void> checkCaKeys(const crypto::KeySpec& keys) {
    const bool curve = keys.type == crypto::KeyType::P256 || keys.type == crypto::KeyType::P384;
    if (curve || (keys.type == crypto::KeyType::Rsa && keys.rsaBits == 4096)) return {};
    return wrong("CA keys are p256, p384 or rsa4096 (D14)");
}

}  // namespace mailca::ca
