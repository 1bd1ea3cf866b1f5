#include "admin/cli/ceremony_secrets.h"

#include "core/secret_file.h"
#include "core/terminal.h"

namespace mailca::admin {
namespace {

Result<TypedSecrets> withPin(Secret passphrase, const SecretSources& sources, const ca::CeremonyPlan& plan) {
    TypedSecrets out{std::move(passphrase), Secret{}};
    if (!sources.pinFile.empty()) {
        TRY(out.pin, readSecretLine(sources.pinFile));
    } else if (!plan.token.empty()) {
        TRY(out.pin, askOnce("PIN of the token: "));
    }
    return out;
}

}  // namespace

Result<TypedSecrets> newSecrets(const SecretSources& sources, const ca::CeremonyPlan& plan) {
    if (sources.passphraseFile.empty()) {
        TRY(Secret typed, askTwice("pass-phrase for the CA keys: "));
        return withPin(std::move(typed), sources, plan);
    }
    TRY(Secret passphrase, readSecretLine(sources.passphraseFile));
    if (passphrase.view().size() < kShortestPassphrase) {
        return fail(ErrorKind::Config, sources.passphraseFile + ": the pass-phrase is shorter than 12 characters");
    }
    return withPin(std::move(passphrase), sources, plan);
}

Result<TypedSecrets> knownSecrets(const SecretSources& sources, const ca::CeremonyPlan& plan) {
    TRY(Secret passphrase, sources.passphraseFile.empty() ? askOnce("pass-phrase of the CA keys: ")
                                                          : readSecretLine(sources.passphraseFile));
    return withPin(std::move(passphrase), sources, plan);
}

}  // namespace mailca::admin
