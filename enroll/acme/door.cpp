#include "enroll/acme/door.h"

namespace mailca::acme {
namespace {

Result<ra::Account> accountOf(const Services& services, const jose::KeyId& keyId) {
    TRY(const AccountId id, services.urls.accountOf(keyId.url));
    TRY(ra::Account account, services.accountBook.find(id));
    if (account.status != ra::AccountStatus::Valid) {
        return fail(ErrorKind::AccountDeactivated, "this account is " + std::string(nameOf(account.status)));  // B28
    }
    return account;
}

Result<void> verifySigner(const Services& services, const jose::Jws& jws, SignedBy signedBy, Signed& out) {
    if (const auto* keyId = std::get_if<jose::KeyId>(&jws.signer)) {
        if (signedBy == SignedBy::Key) {
            return fail(ErrorKind::Malformed, "this request is signed with a jwk, not with a kid");
        }
        TRY(out.account, accountOf(services, *keyId));
        TRY(const crypto::PublicKey key, services.accountKeys.of(*out.account));
        return jose::verifyJws(jws, key);
    }
    if (signedBy == SignedBy::Account) {
        return fail(ErrorKind::Malformed, "this request is signed with a kid (the account URL), not with a jwk");
    }
    out.key = std::get<jose::Jwk>(jws.signer);
    return jose::verifyJws(jws, out.key->key);
}

}  // namespace

Result<Signed> open(const Services& services, std::string_view body, const std::string& url, SignedBy signedBy) {
    TRY(const jose::Jws jws, jose::parseJws(body));
    Signed out;
    out.url = url;
    TRY_VOID(verifySigner(services, jws, signedBy, out));
    if (jws.url != url) {
        return fail(ErrorKind::Unauthorized, "the url in the protected header is not this resource's: " + url);
    }
    if (jws.nonce.empty()) return fail(ErrorKind::BadNonce, "the protected header has no nonce");
    TRY_VOID(services.nonces.spend(jws.nonce));
    if (services.chaos.refusesNonce()) {
        return fail(ErrorKind::BadNonce,
                    "the nonce was good, but this service tests you; take the one in Replay-Nonce");
    }

    out.postAsGet = jws.payload.empty();
    if (!out.postAsGet) {
        TRY(out.payload, json::parse(jws.payload));
        if (out.payload.asObject() == nullptr) return fail(ErrorKind::Malformed, "the payload is not a JSON object");
    }
    return out;
}

}  // namespace mailca::acme
