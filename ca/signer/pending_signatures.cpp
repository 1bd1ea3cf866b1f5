#include "ca/signer/pending_signatures.h"

namespace mailca::ca {

Result<Handle> PendingSignatures::put(std::vector<PendingSignature> pending) {
    const Time now = m_clock.now();
    const Handle handle = Handle::random(m_random);
    const std::lock_guard lock(m_mutex);
    // A clock that went back makes entries live no longer than they would have.
    std::erase_if(m_entries,
                  [now](const auto& one) { return one.second.until <= now || one.second.until > now + kLife; });
    if (m_entries.size() >= kMost) {
        return fail(ErrorKind::Unavailable, "too many certificates wait for their intents; try again in a minute");
    }
    m_entries.emplace(handle, Entry{now + kLife, std::move(pending)});
    return handle;
}

Result<std::vector<PendingSignature>> PendingSignatures::take(const Handle& handle) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_entries.find(handle);
    const bool good = found != m_entries.end() && m_clock.now() < found->second.until;
    if (!good) return fail(ErrorKind::NotFound, "nothing was prepared under this handle, or too long ago");
    std::vector<PendingSignature> out = std::move(found->second.pending);
    m_entries.erase(found);
    return out;
}

}  // namespace mailca::ca
