// CRLs (standards F1-F7): revoked entries in, a linted and signed list out.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ca/authority.h"
#include "core/x509/builder.h"

namespace mailca::ca {

struct CrlRequest {
    std::optional<int> shard;  // nullopt: the complete CRL, of every certificate of the CA
    std::uint64_t number =
        0;  // strictly above the last one of this issuer and shard; the complete CRL counts for itself
    Time thisUpdate;
    Time nextUpdate;                          // at most 10 days on (D47)
    std::vector<x509::RevokedEntry> revoked;  // all of them, by ascending serial number
};

// DER. Lint; Crypto; Io (token).
Result<Bytes> signCrl(const Issuer& issuer, const crypto::PrivateKey& key, const CrlRequest& request);

// The one way from fields to a CRL in DER: linted on its exact bytes, signed, compared. A root's too.
Result<Bytes> signCrl(const x509::CrlFields& fields, const x509::Certificate& issuer, const crypto::PrivateKey& key);

}  // namespace mailca::ca
