// What the server says of an order, an authorization, a challenge (RFC 8555 section 7.1, RFC 8823), as facts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/email_address.h"
#include "core/result.h"

namespace mailca::client::acme {

enum class Status : std::uint8_t { Pending, Ready, Processing, Valid, Invalid };  // Invalid: revoked, expired, ... too

struct Order {
    Status status = Status::Pending;
    std::vector<std::string> authorizations;
    std::string finalize;
    std::map<std::string, std::string> certificates;  // URL by profile, once valid
    std::optional<Error> problem;
};

struct Challenge {
    std::string url;
    Status status = Status::Pending;
    std::string token;  // part 2
    EmailAddress from;  // the challenge mail comes from here
};

struct Authorization {
    Status status = Status::Pending;
    std::optional<Challenge> emailReply;  // the email-reply-00 challenge
    std::optional<Error> problem;
};

// `profile` is what was ordered: the name under which a single "certificate" belongs. Parse errors.
Result<Order> parseOrder(std::string_view body, const std::string& profile);
Result<Authorization> parseAuthorization(std::string_view body);

}  // namespace mailca::client::acme
