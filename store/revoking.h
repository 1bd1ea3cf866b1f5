// The one place where a certificate becomes revoked, inside the transaction of whoever wants it.
#pragma once

#include <optional>
#include <string_view>

#include "store/traces.h"

namespace mailca::store {

struct RevokedAt {
    Time at;
    std::optional<int> reason;
};

struct Ending {
    Time at;
    std::optional<int> reason;
    std::string_view by;  // actor of the audit trail
    bool blockKey = false;
    std::string_view incident{};  // of which this is a part; empty: none
};

// A certificate by its row: revoked, withdrawn from the exchange, feed entry, CRL shard marked, key blocked, audit row;
// incidents that it waited in count it as gone. false: it was revoked before, and nothing changed.
Result<bool> endCertificate(sqlite::Connection& db, std::int64_t certificate, const Ending& ending);

// What endCertificate does to the certificate itself: no act, no key. For the replay of a log that has the act.
Result<bool> markRevoked(sqlite::Connection& db, std::int64_t certificate, const RevokedAt& revoked);

// A certificate of the service's own parts.
Result<bool> endServiceCertificate(sqlite::Connection& db, const std::string& issuer, const Serial& serial,
                                   const Ending& ending, const ShardOf& shardOf);

// The same of a service certificate. false: revoked before, or there is none with its octets.
Result<bool> markServiceRevoked(sqlite::Connection& db, const std::string& issuer, const Serial& serial,
                                const RevokedAt& revoked, const ShardOf& shardOf);

// No certificate for this certificate's key from now on (B47, D46).
Result<Bytes> blockKeyOf(sqlite::Connection& db, std::int64_t certificate, Time at);

}  // namespace mailca::store
