// An OCSP response (RFC 6960 section 4.2, RFC 9919 section 3.2): fields in, DER out, no judgement.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "core/bytes.h"
#include "core/clock.h"
#include "core/crypto/key.h"

namespace mailca::ca::ocsp {

struct Good {
    bool operator==(const Good&) const = default;
};
struct Revoked {
    Time at;
    std::optional<int> reason{};  // CRLReason code; never 0 (D50)
    bool operator==(const Revoked&) const = default;
};
struct Unknown {  // never issued (F15)
    bool operator==(const Unknown&) const = default;
};
using Status = std::variant<Good, Revoked, Unknown>;

struct SingleResponse {
    Bytes certId;  // DER, as asked
    Status status;
};
// An OCSPResponse with status successful.
struct SignedResponse {
    Bytes der;
    Time thisUpdate;
    Time nextUpdate;
};

struct ResponseFields {
    Bytes responderKeyHash;  // SHA-1 of the responder's key bits: byKey (F18)
    Time thisUpdate;         // producedAt, too: what is said was looked up when it was signed (M3)
    Time nextUpdate;
    std::vector<SingleResponse> responses;
    Bytes nonce{};  // empty: none
};
Bytes encodeResponseData(const ResponseFields& fields);

// The whole OCSPResponse, status successful, with the responder's certificate.
Bytes encodeResponse(ByteView responseData, crypto::SignatureAlgorithm algorithm, ByteView signature,
                     ByteView certificate);

// Without a signature, since nothing is claimed (RFC 6960 section 2.3).
enum class Refusal : std::uint8_t { MalformedRequest = 1, InternalError = 2, TryLater = 3, Unauthorized = 6 };
Bytes encodeRefusal(Refusal refusal);

}  // namespace mailca::ca::ocsp
