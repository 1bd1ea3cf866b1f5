// States derived from facts and the clock (standards B48-B51): nothing here is stored.
#include "enroll/ra/types.h"

#include <algorithm>

namespace mailca::ra {
namespace {

Error whyUnusable(AuthorizationStatus status) {
    switch (status) {
        case AuthorizationStatus::Deactivated:
            return fail(ErrorKind::Unauthorized, "the order's authorization was deactivated; place a new order");
        case AuthorizationStatus::Revoked:
            return fail(ErrorKind::Unauthorized, "the order's authorization was revoked; place a new order");
        default:
            return fail(ErrorKind::Unauthorized, "the order expired before it was finalized; place a new order");
    }
}

}  // namespace

std::string_view nameOf(AccountStatus status) {
    switch (status) {
        case AccountStatus::Valid:
            return "valid";
        case AccountStatus::Deactivated:
            return "deactivated";
        case AccountStatus::Revoked:
            break;
    }
    return "revoked";
}

std::string_view nameOf(IdentifierType type) {
    return type == IdentifierType::Email ? "email" : "dns";
}

std::string_view nameOf(ValidationMethod method) {
    return method == ValidationMethod::Strict ? "strict" : "compatible";
}

std::string_view nameOf(AuthorizationStatus status) {
    switch (status) {
        case AuthorizationStatus::Pending:
            return "pending";
        case AuthorizationStatus::Valid:
            return "valid";
        case AuthorizationStatus::Invalid:
            return "invalid";
        case AuthorizationStatus::Deactivated:
            return "deactivated";
        case AuthorizationStatus::Expired:
            return "expired";
        case AuthorizationStatus::Revoked:
            break;
    }
    return "revoked";
}

std::string_view nameOf(OrderStatus status) {
    switch (status) {
        case OrderStatus::Pending:
            return "pending";
        case OrderStatus::Ready:
            return "ready";
        case OrderStatus::Processing:
            return "processing";
        case OrderStatus::Valid:
            return "valid";
        case OrderStatus::Invalid:
            break;
    }
    return "invalid";
}

ChallengeState Challenge::state() const {
    if (error) return Invalid{*error, endedAt.value_or(Time{})};
    if (postedAt && provenAt) return Valid{std::max(*postedAt, *provenAt)};  // A16: in either order
    if (postedAt) return Processing{*postedAt};
    return Pending{};
}

AuthorizationStatus Authorization::status(Time now) const {
    if (deactivatedAt) return AuthorizationStatus::Deactivated;
    const ChallengeState state = challenge.state();
    if (std::holds_alternative<Invalid>(state)) return AuthorizationStatus::Invalid;
    if (now >= end()) return AuthorizationStatus::Expired;
    return std::holds_alternative<Valid>(state) ? AuthorizationStatus::Valid : AuthorizationStatus::Pending;
}

Time Authorization::end() const {
    return std::holds_alternative<Valid>(challenge.state()) ? validUntil.value_or(expires) : expires;
}

OrderStatus Order::status(const Authorization& authorizationNow, Time now) const {
    if (std::holds_alternative<Finished>(state)) return OrderStatus::Valid;
    if (std::holds_alternative<Failed>(state)) return OrderStatus::Invalid;
    if (std::holds_alternative<InProgress>(state)) return OrderStatus::Processing;
    if (now >= expires) return OrderStatus::Invalid;
    switch (authorizationNow.status(now)) {
        case AuthorizationStatus::Pending:
            return OrderStatus::Pending;
        case AuthorizationStatus::Valid:
            return OrderStatus::Ready;
        default:
            return OrderStatus::Invalid;
    }
}

std::optional<Error> Order::error(const Authorization& authorizationNow, Time now) const {
    if (status(authorizationNow, now) != OrderStatus::Invalid) return std::nullopt;
    if (const auto* failed = std::get_if<Failed>(&state)) return failed->error;
    if (authorizationNow.challenge.error) return authorizationNow.challenge.error;
    return whyUnusable(authorizationNow.status(now));
}

}  // namespace mailca::ra
