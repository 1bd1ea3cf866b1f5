// An OCSP request (RFC 6960 section 4.1), read strictly: facts, no judgement. Its signature and requestorName are left
// alone (standards F21).
#pragma once

#include <optional>
#include <vector>

#include "core/bytes.h"
#include "core/ids.h"
#include "core/result.h"

namespace mailca::ca::ocsp {

inline constexpr std::size_t kMostIds = 16;                // F24
inline constexpr std::size_t kLongestRequest = 8192;       // octets: kMostIds of them, and a signature with its chain
enum class IdHash : std::uint8_t { Sha1, Sha256, Other };  // F14

// Which certificate is meant: by its issuer's name and key, hashed, and its serial number.
struct CertId {
    Bytes der;  // as asked, for the answer
    IdHash hash = IdHash::Other;
    Bytes issuerNameHash, issuerKeyHash;
    std::optional<Serial> serial;  // nullopt: a number that no CA gives out
};

struct Request {
    std::vector<CertId> ids;  // 1 to kMostIds
    Bytes nonce;              // 16 to 32 octets; empty: none, or one that is answered without (F20)
};

// Malformed. Thread-safe.
Result<Request> parseRequest(ByteView der);

}  // namespace mailca::ca::ocsp
