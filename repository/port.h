// What relying parties fetch over plain HTTP: the port behind it. The store implements it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ca/ocsp/response.h"
#include "core/bytes.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/x509/builder.h"

namespace mailca::repository {

struct StoredCrl {
    std::string issuer;
    int shard = 0;
    std::uint64_t number = 0;
    Time thisUpdate;
    Time nextUpdate;
    Bytes der;
};

// A shard as the schedule sees it, read in one snapshot.
struct ShardState {
    std::optional<StoredCrl> latest;
    std::vector<x509::RevokedEntry> revoked;  // certificates not yet expired (and once after, F6), by serial
    bool changedSinceLatest = false;          // a revocation was recorded after `latest` was read for
    std::uint64_t revision = 0;               // of the shard's revocations; goes back in with the CRL made from them
};

class CrlBook {
 public:
    virtual ~CrlBook() = default;
    virtual Result<std::optional<StoredCrl>> latest(const std::string& issuer, int shard) = 0;
    virtual Result<ShardState> shard(const std::string& issuer, int shard, Time at) = 0;
    // Conflict unless crl.number is above the stored one (F3, F10). Durable once it returns.
    virtual Result<void> store(const StoredCrl& crl, std::uint64_t revision) = 0;
};

class StatusBook {
 public:
    virtual ~StatusBook() = default;
    // As long as it stays the same, whoever revokes has not yet been told that it is done, so that a status read after
    // asking for the revision may be kept. Cheap, never blocks.
    virtual std::uint64_t revision() const = 0;
    // Of a certificate of the issuing CA `issuer`. An intent that came to nothing is revoked; one under way is Unknown.
    virtual Result<ca::ocsp::Status> status(const std::string& issuer, const Serial& serial) = 0;
};

}  // namespace mailca::repository
