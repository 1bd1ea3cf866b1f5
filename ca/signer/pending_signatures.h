// What was prepared and waits for its intent to be recorded: few, for a minute at most, each to be taken once.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "ca/authority.h"
#include "ca/signer/signer.h"
#include "ca/signing.h"
#include "core/random.h"

namespace mailca::ca {

struct PendingSignature {
    LintedTbs tbs;
    const Issuer* issuer;
    std::optional<crypto::PrivateKey> responderKey{};  // of an OCSP responder
};

// Thread-safe.
class PendingSignatures {
 public:
    static constexpr std::size_t kMost = 1024;
    static constexpr seconds kLife{60};

    PendingSignatures(const Clock& clock, Random& random) : m_clock(clock), m_random(random) {}

    Result<Handle> put(std::vector<PendingSignature> pending);         // Unavailable when there are too many
    Result<std::vector<PendingSignature>> take(const Handle& handle);  // NotFound

 private:
    struct Entry {
        Time until;
        std::vector<PendingSignature> pending;
    };
    const Clock& m_clock;
    Random& m_random;
    std::mutex m_mutex;
    std::map<Handle, Entry> m_entries;
};

}  // namespace mailca::ca
