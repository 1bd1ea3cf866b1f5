// Keeps every CRL shard of every issuing CA fresh (standards F7, D47): all of them before the first certificate, again
// at half of their life, and at once after a revocation.
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
};

class CrlSchedule {
 public:
    CrlSchedule(const ca::Authority& authority, ca::Signer& signer, CrlBook& book, const Clock& clock,
                CrlPolicy policy);

    // Signs every shard that is missing, due, or changed since it was signed, each for itself: one that fails holds no
    // other up. Returns how many were signed, or the last failure.
    Result<int> signDue();
    // signDue() after waiting for a wake() or `atMost`. For a worker's loop.
    Result<int> turn(std::chrono::milliseconds atMost);
    // Something was revoked: sign soon. Thread-safe, never blocks on I/O.
    void wake();

 private:
    Result<bool> signIfDue(const ca::Issuer& issuer, int shard, Time now);

    const ca::Authority& m_authority;
    ca::Signer& m_signer;
    CrlBook& m_book;
    const Clock& m_clock;
    const CrlPolicy m_policy;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_woken = false;
};

}  // namespace mailca::repository
