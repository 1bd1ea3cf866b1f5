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

// What a CRL lists: one shard of an issuing CA's certificates, or all of them (the complete CRL, no shard). Each counts
// its cRLNumber for itself (RFC 5280 section 5.2.3).
struct CrlScope {
    std::string issuer;
    std::optional<int> shard;
    auto operator<=>(const CrlScope&) const = default;
};

// A CRL without its octets.
struct CrlFacts {
    std::uint64_t number = 0;
    Time thisUpdate;
    Time nextUpdate;
};

// A scope as the schedule sees it, read in one snapshot.
struct CrlState {
    std::optional<CrlFacts> latest;
    bool changedSinceLatest = false;  // a revocation was recorded after those of `latest` were read
};

// What belongs on the next CRL of a scope, read in one snapshot.
struct RevokedCertificates {
    std::vector<x509::RevokedEntry> entries;  // certificates not yet expired (and once after, F6), by ascending serial
    std::uint64_t revision = 0;               // of the scope's revocations; goes back in with the CRL made from them
};

class CrlBook {
 public:
    virtual ~CrlBook() = default;
    virtual Result<CrlState> state(const CrlScope& scope) = 0;  // cheap, whatever the number of entries
    virtual Result<RevokedCertificates> revoked(const CrlScope& scope, Time at) = 0;
    // The octets of the latest CRL, with its facts.
    struct Signed {
        CrlFacts facts;
        Bytes der;
    };
    virtual Result<std::optional<Signed>> latest(const CrlScope& scope) = 0;
    // Conflict unless crl.facts.number is above the stored one (F3, F10). Durable once it returns.
    virtual Result<void> store(const CrlScope& scope, const Signed& crl, std::uint64_t revision) = 0;
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
