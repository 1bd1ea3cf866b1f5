#include "client/acme/problem.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace mailca::client::acme {
namespace {

constexpr std::string_view kUrn = "urn:ietf:params:acme:error:";

ErrorKind kindOf(std::string_view type) {
    if (!type.starts_with(kUrn)) return ErrorKind::ServerInternal;
    type.remove_prefix(kUrn.size());
    for (std::size_t i = 0; i < kErrorKindCount; ++i) {
        const ErrorFacts& facts = factsOf(static_cast<ErrorKind>(i));
        if (facts.acmeName == type) return facts.kind;  // the kinds that own a name stand first
    }
    return ErrorKind::ServerInternal;
}

// Statuses that say more than the type, "malformed" or "serverInternal" with them.
std::optional<ErrorKind> kindOf(int status) {
    if (status == 404) return ErrorKind::NotFound;
    if (status == 503) return ErrorKind::Unavailable;
    return std::nullopt;
}

// The server's text goes to a terminal: no control characters.
std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    return text;
}

std::string advice(ErrorKind kind, const json::Value& problem) {
    if (kind == ErrorKind::UserActionRequired) {
        return " (read " + printable(problem.string("instance").value_or("the server's terms")) +
               ", then run again with --agree-tos)";
    }
    if (kind == ErrorKind::AccountDoesNotExist) {
        return " (the server has lost the account of this state_dir: move account.json away and run again)";
    }
    return "";
}

std::string detailOf(const json::Value& problem) {
    std::string detail = printable(problem.string("detail").value_or("no reason given"));
    const json::Array* subproblems = problem.array("subproblems");
    if (subproblems == nullptr) return detail;
    for (const json::Value& sub : *subproblems) {
        if (const auto text = sub.string("detail")) detail += "; " + printable(*text);
    }
    return detail;
}

}  // namespace

Error problemOf(const json::Value& problem) {
    const ErrorKind kind = kindOf(problem.string("type").value_or(""));
    return fail(kind, "the server says: " + detailOf(problem) + advice(kind, problem));
}

Error problemOf(const http::Reply& reply) {
    const auto body = json::parse(reply.body);
    if (!body || !body->has("type")) {
        return fail(kindOf(reply.status).value_or(ErrorKind::ServerInternal),
                    "the server answered with status " + std::to_string(reply.status) + " and no reason");
    }
    Error error = problemOf(*body);
    error.kind = kindOf(reply.status).value_or(error.kind);
    if (const std::string wait = reply.header("retry-after"); !wait.empty()) {
        error.detail += "; try again in " + std::to_string(retryAfter(reply, 60s).count()) + " s or later";
    }
    return error;
}

seconds retryAfter(const http::Reply& reply, seconds otherwise) {
    const std::string text = reply.header("retry-after");
    long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return otherwise;
    return seconds(std::clamp(value, 1L, 60L));
}

}  // namespace mailca::client::acme
