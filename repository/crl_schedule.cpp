#include "repository/crl_schedule.h"

#include <algorithm>

#include "core/log.h"

namespace mailca::repository {
namespace {

// A flood of revocations re-signs its shards again and again, which may take a tenth of one core, no more; but never so
// long a rest that a revocation needs a minute to show. And a second at least, so that two CRLs of one scope differ in
// thisUpdate, which HTTP knows them by.
constexpr int kRestToWork = 9;
constexpr std::chrono::milliseconds kShortestRest{1'000}, kLongestRest{20'000};

std::string nameOf(std::optional<int> shard) {
    return shard ? std::to_string(*shard) : "complete";
}

}  // namespace

CrlSchedule::CrlSchedule(const ca::Authority& authority, ca::Signer& signer, CrlBook& book, const Clock& clock,
                         CrlPolicy policy)
    : m_authority(authority), m_signer(signer), m_book(book), m_clock(clock), m_policy(policy) {}

Result<int> CrlSchedule::signDue() {
    int signedCrls = 0;
    Result<void> trouble;
    const auto sign = [&](const ca::Issuer& issuer, std::optional<int> shard) {
        const Result<bool> done = signIfDue(issuer, shard, m_clock.now());
        if (!done) {
            trouble = done.error();
        } else if (*done) {
            ++signedCrls;
        }
    };
    for (const auto& issuer : m_authority.issuers()) {
        for (int shard = 0; shard < issuer->crlShards; ++shard) sign(*issuer, shard);
    }
    for (const auto& issuer : m_authority.issuers()) sign(*issuer, std::nullopt);
    if (!trouble) return trouble.error();
    return signedCrls;
}

bool CrlSchedule::isDue(const CrlState& state, std::optional<int> shard, Time now) const {
    if (!state.latest || state.latest->nextUpdate - now < m_policy.renewBefore) return true;
    return state.changedSinceLatest && (shard || now - state.latest->thisUpdate >= m_policy.completeBehind);
}

Result<bool> CrlSchedule::signIfDue(const ca::Issuer& issuer, std::optional<int> shard, Time now) {
    const CrlScope scope{issuer.name, shard};
    TRY(const CrlState state, m_book.state(scope));
    if (!isDue(state, shard, now)) return false;
    TRY(RevokedCertificates revoked, m_book.revoked(scope, now));

    ca::CrlRequest request;
    request.shard = shard;
    request.number = state.latest ? state.latest->number + 1 : 1;
    // F10: a clock that went back must not make a list that looks no newer than the one it replaces.
    request.thisUpdate = state.latest ? std::max<Time>(now, state.latest->thisUpdate + 1s) : now;
    request.nextUpdate = request.thisUpdate + m_policy.lifetime;
    request.revoked = std::move(revoked.entries);
    TRY(Bytes der, m_signer.signCrl(issuer.name, request));
    TRY_VOID(m_book.store(scope, {{request.number, request.thisUpdate, request.nextUpdate}, std::move(der)},
                          revoked.revision));
    log::info("crl.signed", {{"issuer", issuer.name},
                             {"shard", nameOf(shard)},
                             {"number", std::to_string(request.number)},
                             {"revoked", std::to_string(request.revoked.size())}});
    return true;
}

void CrlSchedule::wait(std::chrono::milliseconds atMost) {
    std::unique_lock lock(m_mutex);
    m_wake.wait_for(lock, atMost, [this] { return m_woken || m_stopping; });
    m_wake.wait_until(lock, m_restUntil, [this] { return m_stopping; });
    m_woken = false;
}

Result<int> CrlSchedule::turn(std::chrono::milliseconds atMost) {
    wait(atMost);
    const auto begun = std::chrono::steady_clock::now();
    const Result<int> done = signDue();
    const auto took = std::chrono::steady_clock::now() - begun;
    m_restUntil =
        begun + took + std::clamp<std::chrono::steady_clock::duration>(kRestToWork * took, kShortestRest, kLongestRest);
    return done;
}

void CrlSchedule::wake() {
    const std::lock_guard lock(m_mutex);
    m_woken = true;
    m_wake.notify_all();
}

void CrlSchedule::stop() {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
    m_wake.notify_all();
}

}  // namespace mailca::repository
