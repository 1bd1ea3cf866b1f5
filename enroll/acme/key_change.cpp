#include "enroll/acme/problems.h"
#include "enroll/acme/render.h"
#include "enroll/acme/resources.h"

namespace mailca::acme {
namespace {

Error malformed(const std::string& why) {
    return fail(ErrorKind::Malformed, "the key change is malformed: " + why);
}

struct Change {
    jose::Jwk oldKey, newKey;
};

// Checks 2 to 7 of section 7.3.5's nine; the first is the door's, the last two the registration's.
Result<Change> changeOf(const Services& services, const Signed& request) {
    if (request.postAsGet) return malformed("its payload must be a JWS signed with the new key");
    TRY(const jose::Jws inner, jose::parseJws(request.payload.dump()));
    const auto* newKey = std::get_if<jose::Jwk>(&inner.signer);
    if (newKey == nullptr) return malformed("the inner JWS must have the new key as its jwk");
    TRY_VOID(jose::verifyJws(inner, newKey->key));
    if (!inner.nonce.empty()) return malformed("the inner JWS must have no nonce");
    if (inner.url != request.url) return malformed("the inner and the outer JWS must name the same url");
    TRY(const json::Value payload, json::parse(inner.payload));
    if (payload.string("account") != services.urls.account(request.account->id)) {
        return malformed("account must be the URL of the account that signs");
    }
    const json::Value* oldKey = payload.find("oldKey");
    if (oldKey == nullptr) return malformed("oldKey is missing");
    TRY(jose::Jwk parsed, jose::parseJwk(*oldKey));
    return Change{std::move(parsed), *newKey};
}

}  // namespace

Result<Answer> keyChange(const Services& services, const Signed& request) {
    TRY(const Change change, changeOf(services, request));
    TRY(const auto outcome, services.accounts.changeKey(*request.account, change.oldKey, change.newKey));
    if (const auto* taken = std::get_if<ra::Accounts::KeyTaken>(&outcome)) {
        const web::Response conflict =
            web::problem(409, fail(ErrorKind::Malformed, "the new key has an account already"));
        return Answer{.status = conflict.status(),
                      .body = conflict.body(),
                      .contentType = conflict.contentType(),
                      .headers = {{"Location", services.urls.account(taken->by)}}};
    }
    return Answer{.body = render(std::get<ra::Account>(outcome), services.urls),
                  .headers = {{"Location", services.urls.account(request.account->id)}}};
}

}  // namespace mailca::acme
