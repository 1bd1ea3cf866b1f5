#include "repository/crl_schedule.h"

#include "core/log.h"

namespace mailca::repository {

CrlSchedule::CrlSchedule(const ca::Authority& authority, ca::Signer& signer, CrlBook& book, const Clock& clock,
                         CrlPolicy policy)
    : m_authority(authority), m_signer(signer), m_book(book), m_clock(clock), m_policy(policy) {}

Result<int> CrlSchedule::signDue() {
    int signedShards = 0;
    Result<void> trouble;
    const Time now = m_clock.now();
    for (const auto& issuer : m_authority.issuers()) {
        for (int shard = 0; shard < issuer->crlShards; ++shard) {
            const Result<bool> done = signIfDue(*issuer, shard, now);
            if (!done) {
                trouble = done.error();
            } else if (*done) {
                ++signedShards;
            }
        }
    }
    if (!trouble) return trouble.error();
    return signedShards;
}

Result<bool> CrlSchedule::signIfDue(const ca::Issuer& issuer, int shard, Time now) {
    TRY(const ShardState state, m_book.shard(issuer.name, shard, now));
    const bool due = !state.latest || state.changedSinceLatest || state.latest->nextUpdate - now < m_policy.renewBefore;
    if (!due) return false;

    ca::CrlRequest request;
    request.shard = shard;
    request.number = state.latest ? state.latest->number + 1 : 1;
    // F10: a clock that went back must not make a list that looks older than the one it replaces.
    request.thisUpdate = state.latest ? std::max(now, state.latest->thisUpdate) : now;
    request.nextUpdate = request.thisUpdate + m_policy.lifetime;
    request.revoked = state.revoked;
    TRY(const Bytes der, m_signer.signCrl(issuer.name, request));
    TRY_VOID(m_book.store(StoredCrl{issuer.name, shard, request.number, request.thisUpdate, request.nextUpdate, der},
                          state.revision));
    log::info("crl.signed", {{"issuer", issuer.name},
                             {"shard", std::to_string(shard)},
                             {"number", std::to_string(request.number)},
                             {"revoked", std::to_string(request.revoked.size())}});
    return true;
}

Result<int> CrlSchedule::turn(std::chrono::milliseconds atMost) {
    {
        std::unique_lock lock(m_mutex);
        m_wake.wait_for(lock, atMost, [this] { return m_woken; });
        m_woken = false;
    }
    return signDue();
}

void CrlSchedule::wake() {
    const std::lock_guard lock(m_mutex);
    m_woken = true;
    m_wake.notify_all();
}

}  // namespace mailca::repository
