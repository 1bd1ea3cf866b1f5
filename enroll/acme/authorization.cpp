#include "enroll/acme/render.h"
#include "enroll/acme/resources.h"

namespace mailca::acme {
namespace {

// How soon a client may ask again while mail travels.
constexpr const char* kMailRetryAfter = "1";

}  // namespace

Result<Answer> authorization(const Services& services, const Signed& request, const std::string& id) {
    TRY(const AuthorizationId authorizationId, AuthorizationId::parse(id));
    TRY(const ra::Authorization found, services.orders.fetchAuthorization(*request.account, authorizationId));
    services.mailReleased();
    const Time now = services.clock.now();
    Answer answer{.body = render(found, services.urls, now)};
    if (found.status(now) == ra::AuthorizationStatus::Pending) {
        answer.headers.emplace_back("Retry-After", kMailRetryAfter);
    }
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
        answer.headers.emplace_back("Retry-After", kMailRetryAfter);
    }
    return answer;
}

}  // namespace mailca::acme
