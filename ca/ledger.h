// The CA's ports: the intent that is recorded before any certificate is signed (design: record before you sign).
#pragma once

#include <string>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "core/result.h"

namespace mailca::ca {

struct Intent {
    OrderId order;
    std::string profile;  // the order's item
    std::string issuer;   // name of the issuing CA
    Serial serial;
    Bytes tbsSha256;  // of the linted bytes
    Bytes spkiSha256;
};

// Facts that the transaction re-reads against the store: it is the decision to issue.
struct IntentsOfOrder {
    OrderId order;
    AuthorizationId authorization;
    AccountId account;
    Time at;
    Time caaGoodUntil;
    std::vector<Intent> intents;  // one a certificate of the order, never empty
};

class Ledger {
 public:
    virtual ~Ledger() = default;
    // Durable once it returns; all or none. Refuses (Unauthorized, Caa, BadPublicKey, Conflict) unless, at `at`, the
    // order is processing without intents, its authorization valid, its account valid, the CAA permission young enough,
    // no key blocked, no serial used. Thread-safe.
    virtual Result<void> recordIntents(const IntentsOfOrder& intents) = 0;
};

// The certificates that a CA gives the service's own parts, OCSP responders and timestamping units: no order stands
// behind them.
struct ServiceIntent {
    std::string issuer;
    Serial serial;
    Bytes tbsSha256;  // of the linted bytes
    Time at;
};
struct ServiceRecord {
    std::string issuer;
    Serial serial;
    Bytes der;
    Time at;
};

class ServiceLedger {
 public:
    virtual ~ServiceLedger() = default;
    // Durable once it returns. Conflict: the serial is used.
    virtual Result<void> recordIntent(const ServiceIntent& intent) = 0;
    // Conflict unless its intent is recorded and open. An intent without a record was perhaps signed, for a key that is
    // gone: its serial counts as never issued. Thread-safe, both.
    virtual Result<void> recordIssued(const ServiceRecord& record) = 0;
    // A certificate that the ceremony made: recorded unless it is already. AlreadyRevoked: it is not to be used.
    virtual Result<void> adopt(const ServiceRecord& record) = 0;
    virtual Result<bool> isRevoked(const std::string& issuer, const Serial& serial) = 0;
};

}  // namespace mailca::ca
