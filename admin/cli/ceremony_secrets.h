// What seals and opens the keys of a ceremony: from files, or typed on the terminal.
#pragma once

#include <string>

#include "ca/ceremony_plan.h"
#include "core/secret.h"

namespace mailca::admin {

struct SecretSources {
    std::string passphraseFile;  // empty: asked for
    std::string pinFile;         // of the token; empty: asked for, when the plan names one
};
struct TypedSecrets {
    Secret passphrase;
    Secret pin;  // empty without a token
};

// A pass-phrase that seals something new is typed twice, and has 12 characters at least. Config.
Result<TypedSecrets> newSecrets(const SecretSources& sources, const ca::CeremonyPlan& plan);
Result<TypedSecrets> knownSecrets(const SecretSources& sources, const ca::CeremonyPlan& plan);

}  // namespace mailca::admin
