// Anti-replay nonces (RFC 8555 section 6.5; standards B14-B16): a counter and its MAC under a key of this process, plus
// one bit a nonce for "used". Constant memory, nothing stored: after a restart old nonces are unknown, which clients
// must cope with.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.h"
#include "core/secret.h"

namespace mailca::acme {

// Thread-safe.
class Nonces {
 public:
    // How many of the newest nonces are good at any moment; older ones are answered with badNonce.
    static constexpr std::uint64_t kWindow = 1u << 17;

    explicit Nonces(Random& random);

    std::string issue();
    // Spends it. Malformed: not base64url; BadNonce: not ours, too old, or spent before.
    Result<void> spend(std::string_view nonce);

 private:
    Bytes macOf(std::uint64_t counter) const;

    Secret m_key;
    std::mutex m_mutex;
    std::uint64_t m_next = 0;
    std::vector<bool> m_spent;  // by counter modulo the window
};

}  // namespace mailca::acme
