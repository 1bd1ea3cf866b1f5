// What a ceremony is to make, as people review it: one TOML file, whose SHA-256 names it from then on.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ca/hierarchy.h"
#include "core/crypto/key.h"
#include "core/result.h"

namespace mailca::ca {

struct CeremonyPlan {
    std::string folder{};        // made by the ceremony; must not exist, or be empty. Not in the file
    std::string baseUrl{};       // permanent
    std::string organization{};  // in every CA's name
    std::string country{};       // ISO 3166, two capital letters
    // Of every CA: P-256, P-384 or RSA-4096 (D14). Those of the SM2 hierarchies are SM2 whatever stands here.
    crypto::KeySpec keys{crypto::KeyType::P256, 0};
    // Where the keys of issuing CAs and units are already, each under its CA's name as object; empty: they are made and
    // sealed. Roots are always made and sealed, to be taken offline; SM2 keys, too, since no engine reaches them there.
    std::string tokenModule{}, token{};  // path of the PKCS#11 module; "pkcs11:token=..."
    int crlShards = 16;                  // of every issuing CA, permanent, at most 4096
    // The hierarchies to make, by name.
    std::vector<std::string> hierarchies = everyHierarchy();
    // The policy that an issuing CA lets through, by the name of its hierarchy: that of the profiles. One that is not
    // here has RFC 5612's example.
    std::map<std::string, std::string> policies{};
    std::map<std::string, int> issuingCas{};  // the number of a hierarchy's issuing CA; 1 unless it stands here
    std::vector<std::string> people{};        // who may confirm, by name
    int confirmations = 1;                    // how many of them have to; 1 without `people`: whoever sits there

    static std::vector<std::string> everyHierarchy();
    // Those that the plan names, in the order of the table.
    std::vector<const Hierarchy*> chosen() const;
    Result<void> check() const;  // Config with what to change

    // Of a CA: "smime-root-1", "smime-2", "timestamp-unit-2".
    std::string rootName(const Hierarchy& hierarchy) const;
    std::string issuerName(const Hierarchy& hierarchy) const;
    std::string unitName(const Hierarchy& hierarchy) const;
    int issuingCa(const Hierarchy& hierarchy) const;
    crypto::KeySpec keysOf(const Hierarchy& hierarchy) const;
    std::string policyOf(const Hierarchy& hierarchy) const;
    // Where a key of an issuing CA or a unit lies in the token; empty: it is sealed.
    std::string tokenUri(const Hierarchy& hierarchy, std::string_view name) const;
};

// A file and the digest of exactly the octets that it was read from.
struct ReviewedPlan {
    CeremonyPlan plan;
    std::string sha256;  // hex, of the file
};
Result<ReviewedPlan> readCeremonyPlan(const std::string& path);  // Config

bool hasUnit(const Hierarchy& hierarchy);
Result<void> checkCaKeys(const crypto::KeySpec& keys);  // D14

}  // namespace mailca::ca
