#include "client/acme/account.h"

#include "client/acme/session.h"
#include "core/secret_file.h"

namespace mailca::client::acme {
namespace {

constexpr const char* kKeyFile = "account.key.pem";
constexpr const char* kAccountFile = "account.json";

// The key is on the disk before the server hears of it: an account that was made while we died is found again by its
// key.
Result<crypto::PrivateKey> accountKey(const StateDirectory& state) {
    std::error_code ignored;
    if (std::filesystem::exists(state.file(kKeyFile), ignored)) {
        TRY(const Secret pem, readSecretFile(state.file(kKeyFile)));
        return crypto::PrivateKey::fromPem(pem.text());
    }
    TRY(crypto::PrivateKey key, crypto::PrivateKey::generate({crypto::KeyType::P256}));
    TRY(const Secret pem, key.toPem());
    TRY_VOID(state.write(kKeyFile, pem.text()));
    return key;
}

}  // namespace

Result<Account> loadAccount(const StateDirectory& state, const std::string& directoryUrl) {
    TRY(const std::optional<std::string> text, state.read(kAccountFile));
    if (!text) {
        return fail(ErrorKind::NotFound, "nothing is enrolled from this machine yet: run mailca enroll ADDRESS first");
    }
    TRY(const json::Value record, json::parse(*text));
    const auto url = record.string("account");
    if (!url)
        return fail(ErrorKind::Parse, state.file(kAccountFile).string() + " is damaged: move it away and run again");
    if (record.string("directory") != directoryUrl) {
        return fail(ErrorKind::Config, "this state_dir belongs to " +
                                           record.string("directory").value_or("another CA") + ", not to " +
                                           directoryUrl + ": name a state_dir of its own for each CA");
    }
    TRY(crypto::PrivateKey key, accountKey(state));
    return Account{std::move(key), *url};
}

Result<Account> openAccount(Http& http, const Directory& directory, const StateDirectory& state, TermsAgreement terms) {
    Result<Account> known = loadAccount(state, directory.url);
    if (known || known.error().kind != ErrorKind::NotFound) return known;
    if (!directory.termsOfService.empty() && terms != TermsAgreement::Agreed) {
        return fail(ErrorKind::UserActionRequired,
                    "the CA has terms of service: read " + directory.termsOfService +
                        ", and if you agree, run again with --agree-tos (asked this once; or agree_tos = true in the "
                        "configuration)");
    }
    TRY(crypto::PrivateKey key, accountKey(state));
    TRY(Session session, Session::create(http, directory, key, ""));
    json::Value request = json::object({});
    if (!directory.termsOfService.empty()) request.set("termsOfServiceAgreed", true);
    TRY(std::string url, session.registerAccount(request));
    const json::Value record = json::object({{"directory", directory.url}, {"account", url}});
    TRY_VOID(state.write(kAccountFile, record.dump() + "\n"));
    return Account{std::move(key), std::move(url)};
}

}  // namespace mailca::client::acme
