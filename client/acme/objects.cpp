#include "client/acme/objects.h"

#include "client/acme/problem.h"
#include "core/bytes.h"
#include "core/json/json.h"

namespace mailca::client::acme {
namespace {

Error unreadable(const std::string& what) {
    return fail(ErrorKind::Parse, "the server's answer cannot be read: " + what);
}

Result<Status> statusOf(const json::Value& object) {
    const std::string text = object.string("status").value_or("");
    if (text == "pending") return Status::Pending;
    if (text == "ready") return Status::Ready;
    if (text == "processing") return Status::Processing;
    if (text == "valid") return Status::Valid;
    if (text == "invalid" || text == "expired" || text == "deactivated" || text == "revoked") return Status::Invalid;
    return unreadable("status \"" + text + "\"");
}

std::optional<Error> problemMember(const json::Value& object) {
    const json::Value* problem = object.find("error");
    if (problem == nullptr) return std::nullopt;
    return problemOf(*problem);
}

Result<Challenge> parseChallenge(const json::Value& value) {
    const auto url = value.string("url");
    const auto token = value.string("token");
    const auto fromText = value.string("from");
    if (!url || !token || !fromText) return unreadable("a challenge without url, token or from");
    if (!fromBase64Url(*token)) return unreadable("a challenge token that is no base64url");
    const auto from = EmailAddress::parse(*fromText);
    if (!from) return unreadable("challenge from: " + from.error().detail);
    TRY(const Status status, statusOf(value));
    return Challenge{*url, status, *token, *from};
}

}  // namespace

Result<Order> parseOrder(std::string_view body, const std::string& profile) {
    TRY(const json::Value value, json::parse(body));
    Order order;
    TRY(order.status, statusOf(value));
    order.problem = problemMember(value);
    const json::Array* authorizations = value.array("authorizations");
    const auto finalize = value.string("finalize");
    if (authorizations == nullptr || authorizations->empty() || !finalize) {
        return unreadable("an order without authorizations or finalize");
    }
    order.finalize = *finalize;
    for (const json::Value& url : *authorizations) {
        if (url.asString() == nullptr) return unreadable("an authorization that is no URL");
        order.authorizations.push_back(*url.asString());
    }
    const json::Value* several = value.find("certificates");
    if (several != nullptr && several->asObject() != nullptr) {
        for (const auto& [name, url] : *several->asObject()) {
            if (url.asString() == nullptr) return unreadable("a certificate that is no URL");
            order.certificates.emplace(name, *url.asString());
        }
    } else if (const auto one = value.string("certificate")) {
        order.certificates.emplace(profile, *one);
    }
    return order;
}

Result<Authorization> parseAuthorization(std::string_view body) {
    TRY(const json::Value value, json::parse(body));
    Authorization out;
    TRY(out.status, statusOf(value));
    const json::Array* challenges = value.array("challenges");
    if (challenges == nullptr) return unreadable("an authorization without challenges");
    for (const json::Value& challenge : *challenges) {
        if (challenge.string("type") != "email-reply-00") continue;
        TRY(out.emailReply, parseChallenge(challenge));
        out.problem = problemMember(challenge);
    }
    return out;
}

}  // namespace mailca::client::acme
