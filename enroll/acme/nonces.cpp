#include "enroll/acme/nonces.h"

#include "core/crypto/hash.h"

namespace mailca::acme {
namespace {

constexpr std::size_t kCounterSize = 8;
constexpr std::size_t kMacSize = 16;

Bytes encode(std::uint64_t counter) {
    Bytes out(kCounterSize);
    for (std::size_t i = 0; i < kCounterSize; ++i) out[i] = static_cast<std::uint8_t>(counter >> (8 * (7 - i)));
    return out;
}

std::uint64_t decode(ByteView bytes) {
    std::uint64_t counter = 0;
    for (const std::uint8_t byte : bytes) counter = (counter << 8) | byte;
    return counter;
}

}  // namespace

Nonces::Nonces(Random& random) : m_key(32), m_spent(kWindow, false) {
    random.fill(m_key.bytes());
}

Bytes Nonces::macOf(std::uint64_t counter) const {
    Bytes mac = crypto::hmacSha256(m_key.view(), encode(counter));
    mac.resize(kMacSize);
    return mac;
}

std::string Nonces::issue() {
    std::uint64_t counter = 0;
    {
        const std::lock_guard lock(m_mutex);
        counter = m_next++;
        m_spent[counter % kWindow] = false;
    }
    Bytes nonce = encode(counter);
    const Bytes mac = macOf(counter);
    nonce.insert(nonce.end(), mac.begin(), mac.end());
    return toBase64Url(nonce);
}

Result<void> Nonces::spend(std::string_view nonce) {
    const auto bytes = fromBase64Url(nonce);
    if (!bytes) return fail(ErrorKind::Malformed, "the nonce is not base64url");
    const Error bad =
        fail(ErrorKind::BadNonce, "the nonce is unknown or was used before; take the one in Replay-Nonce");
    if (bytes->size() != kCounterSize + kMacSize) return bad;
    const ByteView view(*bytes);
    const std::uint64_t counter = decode(view.first(kCounterSize));
    if (!equalConstantTime(macOf(counter), view.subspan(kCounterSize))) return bad;

    const std::lock_guard lock(m_mutex);
    const bool inWindow = counter < m_next && m_next - counter <= kWindow;
    if (!inWindow || m_spent[counter % kWindow]) return bad;
    m_spent[counter % kWindow] = true;
    return {};
}

}  // namespace mailca::acme
