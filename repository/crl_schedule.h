// Keeps every CRL of every issuing CA fresh (standards F7, D47): all of them before the first certificate, again at
// half of their life, the shards soon after a revocation, and the complete one within the hour.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "ca/authority.h"
#include "ca/signer/signer.h"
#include "core/clock.h"
#include "repository/port.h"

namespace mailca::repository {

struct CrlPolicy {
    seconds lifetime{7 * 24h};     // nextUpdate - thisUpdate, at most 10 days (D47)
    seconds renewBefore{4 * 24h};  // re-signed when less than this is left
    // How long a complete CRL may lack what the shards have: it is as large as all of them together.
    seconds completeBehind{1h};
};

class CrlSchedule {
 public:
    CrlSchedule(const ca::Authority& authority, ca::Signer& signer, CrlBook& book, const Clock& clock,
                CrlPolicy policy);

    // Signs every CRL that is missing, due, or changed since it was signed, each for itself: one that fails holds no
    // other up. Returns how many were signed, or the last failure.
    Result<int> signDue();
    // signDue() after waiting for a wake() or `atMost`; not before a rest from the last one. For a worker's loop.
    Result<int> turn(std::chrono::milliseconds atMost);
    // Something was revoked: sign soon. Thread-safe, never blocks on I/O.
    void wake();
    // Ends every wait, now and from now on. Thread-safe.
    void stop();

 private:
    using SteadyTime = std::chrono::steady_clock::time_point;
    Result<bool> signIfDue(const ca::Issuer& issuer, std::optional<int> shard, Time now);
    bool isDue(const CrlState& state, std::optional<int> shard, Time now) const;
    void wait(std::chrono::milliseconds atMost);

    const ca::Authority& m_authority;
    ca::Signer& m_signer;
    CrlBook& m_book;
    const Clock& m_clock;
    const CrlPolicy m_policy;
    SteadyTime m_restUntil{};  // the worker's
    std::mutex m_mutex;        // guards what follows
    std::condition_variable m_wake;
    bool m_woken = false;
    bool m_stopping = false;
};

}  // namespace mailca::repository
