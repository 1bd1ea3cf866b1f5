// The CA's one port: the intent that is recorded before anything is signed (design: record before you sign).
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

}  // namespace mailca::ca
