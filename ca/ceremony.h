// The ceremony: makes the roots and the issuing CAs of the hierarchies (ca/hierarchy.h), and the first units of the
// service's own timestamping, lints and signs them and the roots' first CRLs, and leaves the folder of
// ca/authority_file.h. It happens once; what it wrote is never overwritten.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ca/key_store.h"
#include "core/clock.h"
#include "core/crypto/key.h"
#include "core/random.h"
#include "core/secret.h"

namespace mailca::ca {

struct CeremonyPlan {
    std::string folder;        // made by the ceremony; must not exist, or be empty
    std::string baseUrl;       // permanent
    std::string organization;  // in every CA's name
    std::string country;       // ISO 3166, two capital letters
    // Of every CA: P-256, P-384 or RSA-4096 (D14). Those of the SM2 hierarchies are SM2 whatever stands here.
    crypto::KeySpec keys{crypto::KeyType::P256, 0};
    // Where the keys of issuing CAs and units are already, each under its CA's name as object; empty: they are made and
    // sealed. Roots are always made and sealed, to be taken offline; SM2 keys, too, since no engine reaches them there.
    std::string tokenModule{}, token{};  // path of the PKCS#11 module; "pkcs11:token=..."
    int crlShards = 16;                  // of every issuing CA, permanent, at most 4096
    // The hierarchies to make, by name; those left out can be had by another ceremony only, in another folder.
    std::vector<std::string> hierarchies = everyHierarchy();
    // The policy that an issuing CA lets through, by the name of its hierarchy: that of the profiles. One that is not
    // here has RFC 5612's example.
    std::map<std::string, std::string> policies{};

    static std::vector<std::string> everyHierarchy();
};

class Ceremony final {
 public:
    // Config with what to change, before anything is made.
    static Result<Ceremony> plan(CeremonyPlan plan, const Clock& clock, Random& random);

    // What perform() will sign and write, a line each, for the people who have to agree.
    std::vector<std::string> announcement() const;
    // All or nothing: everything is made in <folder>.unfinished, which is renamed at the end. Returns the file for the
    // daemon's configuration (authority.toml).
    // `pin`: of the token, when the plan names one.
    Result<std::string> perform(const Secret& passphrase, SealCost cost, const Secret& pin = {}) const;

 private:
    Ceremony(CeremonyPlan plan, const Clock& clock, Random& random);
    CeremonyPlan m_plan;
    const Clock& m_clock;
    Random& m_random;
};

}  // namespace mailca::ca
