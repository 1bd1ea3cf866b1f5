// CRL shards (standards F1-F7): revoked entries in, a linted and signed list out.
#pragma once

#include <cstdint>
#include <vector>

#include "ca/authority.h"
#include "core/x509/builder.h"

namespace mailca::ca {

struct CrlRequest {
    int shard = 0;
    std::uint64_t number = 0;  // strictly above the last one of this issuer and shard
    Time thisUpdate;
    Time nextUpdate;                          // at most 10 days on (D47)
    std::vector<x509::RevokedEntry> revoked;  // all of this shard
};

// DER. Lint; Crypto; Io (token).
Result<Bytes> signCrl(const Issuer& issuer, const crypto::PrivateKey& key, const CrlRequest& request);

}  // namespace mailca::ca
