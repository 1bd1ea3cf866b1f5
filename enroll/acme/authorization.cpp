#include "enroll/acme/problems.h"
#include "enroll/acme/render.h"
#include "enroll/acme/resources.h"

namespace mailca::acme {
namespace {

Answer answerWith(const Services& services, const ra::Authorization& authorization) {
    const Time now = services.clock.now();
    Answer answer{.body = render(authorization, services.urls, now)};
    if (authorization.status(now) == ra::AuthorizationStatus::Pending) {
        answer.headers.emplace_back("Retry-After", services.chaos.retryAfter());
    }
    return answer;
}

}  // namespace

Result<Answer> authorization(const Services& services, const Signed& request, const std::string& id) {
    TRY(const AuthorizationId authorizationId, AuthorizationId::parse(id));
    if (!request.postAsGet) {  // B39
        if (request.payload.string("status") != "deactivated") {
            return fail(ErrorKind::Malformed,
                        "an authorization is read with POST-as-GET, and changed by {\"status\": \"deactivated\"} only");
        }
        TRY(const ra::Authorization ended, services.orders.deactivate(*request.account, authorizationId));
        return answerWith(services, ended);
    }
    TRY(const ra::Authorization found, services.orders.fetchAuthorization(*request.account, authorizationId));
    services.mailReleased();
    return answerWith(services, found);
}

// Serves the authorization, which releases its challenge mail (A14).
Result<Answer> newAuthz(const Services& services, const Signed& request) {
    const json::Value* identifier = request.payload.find("identifier");
    const auto type = identifier == nullptr ? std::nullopt : identifier->string("type");
    const auto value = identifier == nullptr ? std::nullopt : identifier->string("value");
    if (!type || !value) {
        return fail(ErrorKind::Malformed, "newAuthz needs {\"identifier\": {\"type\": \"email\", \"value\": ADDRESS}}");
    }
    TRY(const auto authorized, services.orders.authorize(*request.account, {*type, *value}, request.peer));
    if (const auto* wait = std::get_if<ra::Wait>(&authorized)) return waitAnswer(*wait);
    const AuthorizationId& made = std::get<ra::Authorization>(authorized).id;
    TRY(const ra::Authorization served, services.orders.fetchAuthorization(*request.account, made));
    services.mailReleased();
    Answer answer = answerWith(services, served);
    answer.status = 201;
    answer.headers.emplace_back("Location", services.urls.authorization(served.id));
    return answer;
}

Result<Answer> challenge(const Services& services, const Signed& request, const std::string& id) {
    TRY(const ChallengeId challengeId, ChallengeId::parse(id));
    // B36 with erratum 5729: any object starts the validation, its members are not looked at.
    TRY(const ra::Authorization found, request.postAsGet
                                           ? services.orders.findChallenge(*request.account, challengeId)
                                           : services.orders.postChallenge(*request.account, challengeId));
    Answer answer{.body = render(found.challenge, services.urls)};
    answer.headers.emplace_back("Link", "<" + services.urls.authorization(found.id) + ">;rel=\"up\"");  // B19
    if (std::holds_alternative<ra::Processing>(found.challenge.state())) {
        answer.headers.emplace_back("Retry-After", services.chaos.retryAfter());
    }
    return answer;
}

}  // namespace mailca::acme
