// The keys of a ceremony: made and sealed, or as they lie in the token.
#pragma once

#include <optional>

#include "ca/ceremony_plan.h"
#include "ca/key_store.h"
#include "core/crypto/token.h"
#include "core/random.h"
#include "core/secret.h"

namespace mailca::ca {

// What opens and seals keys, typed or read by the operator.
struct CeremonySecrets {
    const Secret& passphrase;
    const Secret& pin;  // of the token, when the plan names one
    SealCost cost;
};

class CeremonyKeys final {
 public:
    // Config when the token's PIN is not the pass-phrase although SM2 keys are sealed beside the token: one secret
    // opens all that the signer needs.
    static Result<CeremonyKeys> open(const CeremonyPlan& plan, const CeremonySecrets& secrets, Random& random);

    Result<crypto::PrivateKey> makeRoot(const Hierarchy& hierarchy, const std::string& folder) const;
    // Of an issuing CA or a unit: as it lies in the token, or sealed in its file, where it is made if there is none
    // yet.
    Result<crypto::PrivateKey> makeOnline(const Hierarchy& hierarchy, const std::string& folder,
                                          const std::string& name) const;
    // The same key again.
    Result<crypto::PrivateKey> readOnline(const Hierarchy& hierarchy, const std::string& folder,
                                          const std::string& name) const;
    // Where it lies in the token; empty: sealed.
    Result<std::string> makeAudit(const std::string& folder) const;

 private:
    CeremonyKeys(const CeremonyPlan& plan, const CeremonySecrets& secrets, Random& random)
        : m_plan(plan), m_passphrase(secrets.passphrase), m_cost(secrets.cost), m_random(random) {}
    Result<crypto::PrivateKey> fromToken(const std::string& uri) const;

    const CeremonyPlan& m_plan;
    Stretched m_passphrase;
    SealCost m_cost;
    Random& m_random;
    std::optional<crypto::Token> m_token;
};

}  // namespace mailca::ca
