// What can go wrong, and what an outsider may be told of it. One list holds every kind with its ACME problem type
// (RFC 8555 section 6.7, RFC 9773, draft-ietf-acme-profiles), its HTTP status, and whether its detail may be shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace mailca {

// clang-format off
//  kind                     ACME name (last part of the urn)  status  detail may be shown
#define MAILCA_ERROR_KINDS(X)                                                   \
    X(AccountDoesNotExist,     "accountDoesNotExist",     400, Shown)           \
    X(AlreadyReplaced,         "alreadyReplaced",         409, Shown)           \
    X(AlreadyRevoked,          "alreadyRevoked",          400, Shown)           \
    X(BadCsr,                  "badCSR",                  400, Shown)           \
    X(BadNonce,                "badNonce",                400, Shown)           \
    X(BadPublicKey,            "badPublicKey",            400, Shown)           \
    X(BadRevocationReason,     "badRevocationReason",     400, Shown)           \
    X(BadSignatureAlgorithm,   "badSignatureAlgorithm",   400, Shown)           \
    X(Caa,                     "caa",                     403, Shown)           \
    X(Compound,                "compound",                400, Shown)           \
    X(Connection,              "connection",              400, Shown)           \
    X(Dns,                     "dns",                     400, Shown)           \
    X(ExternalAccountRequired, "externalAccountRequired", 403, Shown)           \
    X(IncorrectResponse,       "incorrectResponse",       403, Shown)           \
    X(InvalidContact,          "invalidContact",          400, Shown)           \
    X(InvalidProfile,          "invalidProfile",          400, Shown)           \
    X(Malformed,               "malformed",               400, Shown)           \
    X(OrderNotReady,           "orderNotReady",           403, Shown)           \
    X(RateLimited,             "rateLimited",             429, Shown)           \
    X(RejectedIdentifier,      "rejectedIdentifier",      400, Shown)           \
    X(ServerInternal,          "serverInternal",          500, Hidden)          \
    X(Tls,                     "tls",                     400, Shown)           \
    X(Unauthorized,            "unauthorized",            403, Shown)           \
    X(UnsupportedContact,      "unsupportedContact",      400, Shown)           \
    X(UnsupportedIdentifier,   "unsupportedIdentifier",   400, Shown)           \
    X(UserActionRequired,      "userActionRequired",      403, Shown)           \
    /* Kinds without an ACME type of their own: shown as "malformed" or "serverInternal", with their own status. */ \
    X(NotFound,                "malformed",               404, Shown)           \
    X(MethodNotAllowed,        "malformed",               405, Shown)           \
    X(NotAcceptable,           "malformed",               406, Shown)           \
    X(UnsupportedMediaType,    "malformed",               415, Shown)           \
    X(AccountDeactivated,      "unauthorized",            401, Shown)           \
    X(Unavailable,             "serverInternal",          503, Shown)           \
    X(Conflict,                "serverInternal",          500, Hidden)          \
    X(Parse,                   "malformed",               400, Shown)           \
    X(Crypto,                  "serverInternal",          500, Hidden)          \
    X(Io,                      "serverInternal",          500, Hidden)          \
    X(Store,                   "serverInternal",          500, Hidden)          \
    X(Config,                  "serverInternal",          500, Hidden)          \
    X(Lint,                    "serverInternal",          500, Hidden)
// clang-format on

enum class ErrorKind : std::uint8_t {
#define MAILCA_X(kind, urn, status, visibility) kind,
    MAILCA_ERROR_KINDS(MAILCA_X)
#undef MAILCA_X
};

enum class DetailVisibility : std::uint8_t { Shown, Hidden };

struct ErrorFacts {
    ErrorKind kind;
    std::string_view name;      // as in the enum
    std::string_view acmeName;  // behind "urn:ietf:params:acme:error:"
    int httpStatus;
    DetailVisibility detail;
};

// Facts of a kind; every enumerator has its row. Thread-safe.
const ErrorFacts& factsOf(ErrorKind kind);
// The rows, in the order of the enum (for the test that walks them and for docs).
inline constexpr std::size_t kErrorKindCount = 0
#define MAILCA_X(kind, urn, status, visibility) +1
    MAILCA_ERROR_KINDS(MAILCA_X)
#undef MAILCA_X
    ;

// An error as a value. `detail` is a sentence for the person who has to act: what was wrong and what to do. Never a
// key, a token or a pass-phrase.
struct [[nodiscard]] Error {
    ErrorKind kind = ErrorKind::ServerInternal;
    std::string detail;

    // "Malformed: the detail", for logs and terminals.
    std::string text() const;
    bool operator==(const Error&) const = default;
};

}  // namespace mailca
