// The ceremony: makes the roots and the issuing CAs of the hierarchies, international S/MIME, mailbox timestamping and
// the service's own timestamping with its first unit (standards 0.7: none may hang below another), lints and signs them
// and the roots' first CRLs, and leaves the folder of ca/authority_file.h. It happens once; what it wrote is never
// overwritten.
#pragma once

#include <string>
#include <vector>

#include "ca/key_store.h"
#include "core/clock.h"
#include "core/crypto/key.h"
#include "core/random.h"
#include "core/secret.h"

namespace mailca::ca {

struct CeremonyPlan {
    std::string folder;                              // made by the ceremony; must not exist, or be empty
    std::string baseUrl;                             // permanent
    std::string organization;                        // in every CA's name
    std::string country;                             // ISO 3166, two capital letters
    crypto::KeySpec keys{crypto::KeyType::P256, 0};  // of every CA: P-256, P-384 or RSA-4096 (D14)
    int crlShards = 16;                              // of every issuing CA, permanent, at most 4096
    // The policies that the issuing CAs let through: those of the profiles, of RFC 5612's example arc unless the
    // operator has an own one.
    std::string smimePolicy = "1.3.6.1.4.1.32473.1.1";
    std::string timestampPolicy = "1.3.6.1.4.1.32473.1.2";
    std::string serviceTimestampPolicy = "1.3.6.1.4.1.32473.1.3";
};

class Ceremony final {
 public:
    // Config with what to change, before anything is made.
    static Result<Ceremony> plan(CeremonyPlan plan, const Clock& clock, Random& random);

    // What perform() will sign and write, a line each, for the people who have to agree.
    std::vector<std::string> announcement() const;
    // All or nothing: everything is made in <folder>.unfinished, which is renamed at the end. Returns the file for the
    // daemon's configuration (authority.toml).
    Result<std::string> perform(const Secret& passphrase, SealCost cost) const;

 private:
    Ceremony(CeremonyPlan plan, const Clock& clock, Random& random);
    CeremonyPlan m_plan;
    const Clock& m_clock;
    Random& m_random;
};

}  // namespace mailca::ca
